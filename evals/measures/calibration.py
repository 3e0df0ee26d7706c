"""Calibration of stated confidences: does 0.8 come true eight times in ten?

`confidence` is an array of stated probabilities in 0..1, `right` one of 0 and 1, in the same order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
WIDTH_BINS = 10
"""Bins of equal width, as in Guo et al. 2017."""
CASES_A_BIN = 10
"""Fewer cases a bin make its share of right answers an anecdote."""


@dataclass(frozen=True, slots=True)
class Bin:
    """Cases of similar confidence: how many, their mean confidence, the share that was right."""

    n: int
    confidence: float
    right: float


def equal_width_bins(confidence: Numbers, right: Numbers, bins: int = WIDTH_BINS) -> list[Bin]:
    """Return the non-empty bins of equal width over 0..1 (Guo et al., ICML 2017)."""
    index = np.minimum((confidence * bins).astype(int), bins - 1)
    return [_bin(confidence[index == i], right[index == i]) for i in range(bins) if np.any(index == i)]


def equal_mass_bins(confidence: Numbers, right: Numbers, bins: int | None = None) -> list[Bin]:
    """Return bins with about equally many cases (Nguyen & O'Connor 2015; Nixon et al. 2019).

    Equal confidences stay together, so a constant confidence makes one bin.

    Args:
        confidence: stated probabilities.
        right: what came true.
        bins: how many; None means one for every ten cases, at most ten.
    """
    n = confidence.size
    if not n:
        return []
    wanted = bins or min(max(n // CASES_A_BIN, 1), WIDTH_BINS)
    order = np.argsort(confidence, kind="stable")
    confidence, right = confidence[order], right[order]
    ends = np.flatnonzero(np.diff(confidence)) + 1
    cuts = sorted({int(later[0]) for i in range(1, wanted) if (later := ends[ends >= i * n / wanted]).size})
    bounds = [0, *cuts, n]
    return [_bin(confidence[a:b], right[a:b]) for a, b in pairwise(bounds)]


def expected_calibration_error(bins: Sequence[Bin]) -> float:
    """Return the mean distance of confidence and share of right answers, weighted by cases; NaN without."""
    total = sum(b.n for b in bins)
    return sum(b.n * abs(b.confidence - b.right) for b in bins) / total if total else float("nan")


def brier(confidence: Numbers, right: Numbers) -> float:
    """Return the mean squared distance of confidence and outcome (Brier 1950); NaN without cases."""
    return float(np.mean((confidence - right) ** 2)) if confidence.size else float("nan")


def auroc(confidence: Numbers, right: Numbers) -> float:
    """Return the probability that a right answer has the higher confidence, ties half (Mann & Whitney 1947).

    NaN when all answers are right or all are wrong.
    """
    yes, no = confidence[right == 1], confidence[right == 0]
    if not yes.size or not no.size:
        return float("nan")
    above = (yes[:, None] > no[None, :]).sum() + 0.5 * (yes[:, None] == no[None, :]).sum()
    return float(above / (yes.size * no.size))


def constant_confidence(right: Numbers, groups: Sequence[str]) -> Numbers:
    """Return what one would state knowing nothing of a case: the share of right answers in the other groups.

    With a single group it is the share in that group, which has no calibration error by construction.
    """
    names = np.array(groups)
    constant = np.empty(right.size)
    for name in set(groups):
        others = right[names != name] if len(set(groups)) > 1 else right
        constant[names == name] = others.mean()
    return constant


def _bin(confidence: Numbers, right: Numbers) -> Bin:
    return Bin(int(confidence.size), float(confidence.mean()), float(right.mean()))
