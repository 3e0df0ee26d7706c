"""Onset: when a series left its baseline level."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def cusum_onset(
    times: NDArray[np.int64],
    values: NDArray[np.float64],
    level: float,
    scale: float,
    direction: float,
    slack: float = 0.5,
) -> int | None:
    """Return when a shift in one direction began, by a one-sided cumulative sum (Page 1954).

    The sum of exceedances over `slack` scales is reset at zero; the onset is the first point after
    the last reset before the sum's maximum.

    Args:
        times: Unix nanoseconds, ascending.
        values: one value a time; NaN is passed over.
        level: baseline level.
        scale: baseline scale, above 0.
        direction: the sign of the shift looked for.
        slack: allowance in scales; half the smallest shift worth seeing (here one scale).

    Returns:
        Unix nanoseconds of the onset, None when the series never exceeds the allowance.
    """
    keep = np.isfinite(values)
    times, values = times[keep], values[keep]
    total, best, start = 0.0, 0.0, None
    onset: int | None = None
    for moment, value in zip(times.tolist(), values.tolist(), strict=True):
        step = np.sign(direction) * (value - level) / scale - slack
        if total <= 0.0:
            start = moment
        total = max(0.0, total + float(step))
        if total > best:
            best, onset = total, start
    return onset
