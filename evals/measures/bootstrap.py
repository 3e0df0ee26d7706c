"""Intervals by bootstrap. Seeded, so that the same cases always give the same interval."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

DRAWS = 2_000
LEVEL = 0.95


def mean_interval(values: Sequence[float], draws: int = DRAWS, seed: int = 0) -> tuple[float, float] | None:
    """Return the 95 % percentile interval of a mean over cases (Efron & Tibshirani 1993, chapter 13).

    Where all values are equal it has no width: resampling cannot show what the cases do not contain.

    Returns:
        Lower and upper end; None without values.
    """
    return _interval(values, np.mean, draws, seed)


def median_interval(values: Sequence[float], draws: int = DRAWS, seed: int = 0) -> tuple[float, float] | None:
    """Return the same of a median, which a few outliers do not move.

    Returns:
        Lower and upper end; None without values.
    """
    return _interval(values, np.median, draws, seed)


def _interval(
    values: Sequence[float], statistic: Callable[..., Any], draws: int, seed: int
) -> tuple[float, float] | None:
    if not values:
        return None
    sample = np.asarray(values, dtype=np.float64)
    picks = np.random.default_rng(seed).integers(0, sample.size, size=(draws, sample.size))
    low, high = np.quantile(statistic(sample[picks], axis=1), [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)
