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

    A first pass with the given allowance finds whether there is a shift and how large it is; a second
    one with half of that size dates it, as half the shift is the best allowance (Moustakides 1986).
    With the first alone, noise before a large shift dates it too early.

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
    exceedances = np.sign(direction) * (values[keep] - level) / scale
    rise = _largest_rise(exceedances, slack)
    if rise is None:
        return None
    shift = float(np.median(exceedances[rise]))
    dated = _largest_rise(exceedances, max(slack, shift / 2)) or rise
    return int(times[keep][dated.start])


def _largest_rise(exceedances: NDArray[np.float64], slack: float) -> slice | None:
    """Return from the last reset to the maximum of the cumulative sum of exceedances over the allowance."""
    total, best, start = 0.0, 0.0, 0
    rise: slice | None = None
    for index, exceedance in enumerate(exceedances.tolist()):
        if total <= 0.0:
            start = index
        total = max(0.0, total + exceedance - slack)
        if total > best:
            best, rise = total, slice(start, index + 1)
    return rise
