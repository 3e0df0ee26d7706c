"""PromQL that asks for levels: one value a step and series, computed where the data is."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tools.live.metrics.families import Family, Kind
from tools.window import NS, Scope, TimeWindow

MARK = "whydown_metric"
"""Label that carries a metric's name through functions, which drop it."""
INCIDENT_POINTS = 60
"""Points of the incident window that are asked for at most: enough to see an onset."""
ALL_POINTS = 150
"""Points of all windows together that are asked for at most."""
INTERVALS = (1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1800, 3600)
"""Seconds between scrapes that occur; an estimate is taken to the nearest."""
LATE = 1.2
"""Scrape intervals by which the window of a rate is longer than a step, so that it holds the point before the
step too: a rate is the difference between two points. A scrape comes up to a fifth of the interval late."""


@dataclass(frozen=True, slots=True)
class Level:
    """How one family is asked for: summed up `by` some labels, or split by all of its own when empty.

    `late` is `LATE`, or 0 where the backend itself looks at the point before a window.
    """

    family: Family
    interval: int
    late: float = LATE
    by: tuple[str, ...] = ()

    def expression(self, matchers: str, step: int) -> str:
        """Return the query for the family's level per step (seconds)."""
        name, by = self.family.name, f" by ({', '.join(self.by)}) " if self.by else ""
        window = f"{round((step + self.late * self.interval) * 1000)}ms"
        if self.family.kind is Kind.GAUGE:
            level = f"avg_over_time({selector(name, matchers)}[{step}s])"
            return f"avg{by}({level})" if by else level
        level = f"rate({selector(name, matchers)}[{window}])"
        if self.family.kind is not Kind.MEAN:
            level = f"sum{by}({level})" if by else level
            return level if self.family.kind is Kind.COUNTER else f"histogram_sum({level}) / histogram_count({level})"
        total, count = (f"rate({selector(f'{name}_{part}', matchers)}[{window}])" for part in ("sum", "count"))
        return f"sum{by}({total}) / sum{by}({count})" if by else f"{total} / {count}"


def quantile(share: float, family: Family, matchers: str, seconds: float) -> str:
    """Return the query for a quantile of what a histogram observed in the last seconds, over all that matches."""
    window = f"[{round(seconds)}s]"
    if family.kind is Kind.NATIVE:
        return f"histogram_quantile({share}, sum(rate({selector(family.name, matchers)}{window})))"
    buckets = f"rate({selector(f'{family.name}_bucket', matchers)}{window})"
    return f"histogram_quantile({share}, sum by (le, vmrange) ({buckets}))"


def exactly(labels: Mapping[str, str]) -> str:
    """Return matchers of series with these labels."""
    return ", ".join(f"{name}={quoted(value)}" for name, value in sorted(labels.items()))


def selector(name: str, matchers: str) -> str:
    """Return a selector of one metric; its name is quoted, as it may hold what PromQL does not allow in names."""
    rest = f", {matchers}" if matchers else ""
    return f"{{__name__={quoted(name)}{rest}}}"


def quoted(text: str) -> str:
    """Return a text as a PromQL string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def marked(expressions: Sequence[tuple[str, str]]) -> str:
    """Return one query for several (metric, expression), whose answer says which series is of which metric."""
    return "\nor ".join(f'label_replace({text}, "{MARK}", {quoted(name)}, "", "")' for name, text in expressions)


def nearest_interval(seconds: float) -> int:
    """Return the scrape interval that an estimate means."""
    return min(INTERVALS, key=lambda known: abs(known - seconds) / known)


def step_of(scope: Scope, interval: int) -> int:
    """Return the seconds between points: the scrape interval, or so many of it that points are not too many."""
    whole = scope.incident.seconds + scope.baseline_seconds
    least = max(scope.incident.seconds / INCIDENT_POINTS, whole / ALL_POINTS)
    return interval * max(math.ceil(least / interval), 1)


def moments(window: TimeWindow, step: int) -> tuple[float, float]:
    """Return Unix seconds of the first and last evaluation: each looks back one step, so none leaves the window."""
    return window.start_ns / NS + step, window.end_ns / NS


def check_matchers(text: str) -> str:
    """Return label matchers that a user configured, without braces.

    Raises:
        ValueError: they are none.
    """
    inside = text.strip().removeprefix("{").removesuffix("}").strip().strip(",")
    matcher = r'[a-zA-Z_]\w*\s*(=|!=|=~|!~)\s*"(?:[^"\\]|\\.)*"'
    if inside and not re.fullmatch(rf"{matcher}(\s*,\s*{matcher})*", inside):
        raise ValueError('write matchers such as namespace="shop", env=~"prod.*"')
    return inside
