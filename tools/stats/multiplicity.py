"""Many tests at once: keep the share of false findings bounded."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray


def two_sided_p(effect: float) -> float:
    """Return the two-sided p-value of a standard normal effect."""
    return math.erfc(abs(effect) / math.sqrt(2.0))


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
