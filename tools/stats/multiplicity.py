"""Many tests at once: keep the share of false findings bounded."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

CHI_SQUARE_MEDIAN = 0.4549
"""Median of chi-square with one degree of freedom."""
MIN_TESTS = 20
"""Fewer tests do not show how the bulk behaves."""


def two_sided_p(effect: float) -> float:
    """Return the two-sided p-value of a standard normal effect."""
    return math.erfc(abs(effect) / math.sqrt(2.0))


def inflation(certainties: NDArray[np.float64]) -> float:
    """Return how much wider than standard normal the bulk of many test statistics is, at least 1.

    Most tests are of things that no fault touched; when even they scatter more than chance allows, the
    statistic is too optimistic for this data, and all of it is to be divided by the result (genomic
    control, Devlin & Roeder 1999). The median of squares is not moved by a minority of true effects.

    Args:
        certainties: shape (n,), standard normal under no change; fewer than 20 give 1.
    """
    if certainties.size < MIN_TESTS:
        return 1.0
    return max(1.0, float(np.sqrt(np.median(certainties**2) / CHI_SQUARE_MEDIAN)))


def benjamini_hochberg(p_values: NDArray[np.float64], rate: float) -> NDArray[np.bool_]:
    """Tell which tests to keep at a false discovery rate (Benjamini & Hochberg 1995).

    Args:
        p_values: shape (n,).
        rate: bound on the expected share of false findings, 0..1.

    Returns:
        Shape (n,), True where the test is kept.
    """
    n = p_values.size
    keep = np.zeros(n, dtype=np.bool_)
    if n == 0:
        return keep
    order = np.argsort(p_values)
    passed = p_values[order] <= rate * np.arange(1, n + 1) / n
    if passed.any():
        keep[order[: int(np.flatnonzero(passed)[-1]) + 1]] = True
    return keep
