"""Which stretches of a scope whole traces are sampled from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from tools.window import Scope, TimeWindow

T = TypeVar("T")
PER_WINDOW = 20
"""Stretches of the incident and of the baseline each; where there is no baseline, three times as many."""


def slices(scope: Scope) -> list[TimeWindow]:
    """Return stretches as wide as the scope's time buckets, spread evenly over both windows.

    All are equally wide, and the same number of traces is asked of each, so that a busy baseline does not
    look busier than a busy incident.
    """
    most = PER_WINDOW if scope.baseline else 3 * PER_WINDOW
    baseline = [part for window in scope.baseline for part in _buckets(window, scope)]
    return spread(_buckets(scope.incident, scope), most) + spread(baseline, most)


def spread(items: Sequence[T], most: int) -> list[T]:
    """Return at most `most` items, evenly spaced, the first and the last among them."""
    if len(items) <= most:
        return list(items)
    if most == 1:
        return [items[0]]
    return [items[round(index * (len(items) - 1) / (most - 1))] for index in range(most)]


def _buckets(window: TimeWindow, scope: Scope) -> list[TimeWindow]:
    origin, width = scope.incident.start_ns, scope.bucket_ns
    first, last = (window.start_ns - origin) // width, (window.end_ns - 1 - origin) // width
    whole = [
        TimeWindow(start_ns=origin + n * width, end_ns=origin + (n + 1) * width).intersect(window)
        for n in range(first, last + 1)
    ]
    return [part for part in whole if part is not None]
