"""Which families are asked for, how, and how often: the plan of one comparison."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from tools.live.metrics.promql import Level, marked, moments, step_of
from tools.window import Scope, TimeWindow

FAMILIES_A_QUERY = 12
"""Few enough that one refused query loses little, many enough that a thousand metrics are no thousand queries."""


@dataclass(frozen=True, slots=True)
class RangeQuery:
    """One query over one window; `incident` tells which of the two it belongs to."""

    text: str
    window: TimeWindow
    step: int
    incident: bool

    @property
    def start(self) -> float:
        """Return Unix seconds of the first evaluation."""
        return moments(self.window, self.step)[0]

    @property
    def end(self) -> float:
        """Return Unix seconds of the last evaluation."""
        return moments(self.window, self.step)[1]


def range_queries(levels: Sequence[Level], scope: Scope, matchers: str) -> Iterator[RangeQuery]:
    """Yield the queries for all families over all windows, those of equal step together."""
    windows = [(scope.incident, True), *((window, False) for window in scope.baseline)]
    for interval, group in groupby(sorted(levels, key=lambda level: level.interval), lambda level: level.interval):
        step, members = step_of(scope, interval), list(group)
        for first in range(0, len(members), FAMILIES_A_QUERY):
            chunk = members[first : first + FAMILIES_A_QUERY]
            text = marked([(level.family.name, level.expression(matchers, step)) for level in chunk])
            for window, incident in windows:
                if window.seconds >= step:
                    yield RangeQuery(text, window, step, incident)


def levels_of_size(
    families: Sequence[tuple[Level, int]], limit: int, fine: Sequence[str], coarse: Sequence[str]
) -> tuple[list[Level], list[str], list[str]]:
    """Return how to ask so that no family gives many more series than services, and which were summed up.

    Args:
        families: each with its number of series.
        limit: series above which a family is summed up per instance; above ten times as many, per service.
        fine: labels of service, instance and callee.
        coarse: labels of the service alone.

    Returns:
        All levels, the names of those summed up per instance, and of those summed up per service.
    """
    levels = []
    summed: dict[Sequence[str], list[str]] = {tuple(fine): [], tuple(coarse): []}
    for level, series in families:
        by = tuple(coarse) if series > 10 * limit else tuple(fine) if series > limit else ()
        levels.append(replace(level, by=by))
        if by:
            summed[by].append(level.family.name)
    return levels, summed[tuple(fine)], summed[tuple(coarse)]
