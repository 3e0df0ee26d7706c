"""The baseline of a plotted series: where it lay nine times out of ten."""

from __future__ import annotations

from statistics import quantiles

from agent.render.terminal.plot import Points

FEWEST = 5
"""Baseline points below which a band would be a guess."""


def baseline_band(points: Points, begin_ns: int) -> tuple[float, float] | None:
    """Return the 5th and 95th percentile of the points before a moment, None when there are too few.

    Args:
        points: times in Unix nanoseconds with values, by time.
        begin_ns: start of the incident window, Unix nanoseconds.
    """
    before = [value for time, value in points if time < begin_ns]
    if len(before) < FEWEST:
        return None
    parts = quantiles(before, n=20, method="inclusive")
    return parts[0], parts[-1]
