"""Entries from TraceQL metrics: what every root span of an operation did, counted and summarised by Tempo.

A sample at T covers the interval that ends at T, and intervals begin at multiples of the step.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tools.live.http import Ask
from tools.sources.rows import Buckets, EntryStats, Spread, Trials, Two
from tools.window import NS, Scope, TimeWindow

_BY = "by (resource.service.name, name)"
QUERIES = {
    "rate": f"{{nestedSetParent<0}} | rate() {_BY}",
    "failed": f"{{nestedSetParent<0 && status=error}} | rate() {_BY}",
    "quantiles": f"{{nestedSetParent<0}} | quantile_over_time(duration, .25, .5, .75, .9, .99) {_BY}",
}
"""TraceQL; root spans are those without a parent."""
LEVELS = (0.25, 0.5, 0.75, 0.9, 0.99)


@dataclass(frozen=True, slots=True)
class EntryAsk:
    """One query over one window: which of `QUERIES`, role of the window (1 incident, 0 baseline), step in ns."""

    ask: Ask
    query: str
    role: int
    window: TimeWindow
    step_ns: int


@dataclass(slots=True)
class _Series:
    """What is known of one entry in one window: interval start → number, and per quantile in ns."""

    rate: dict[int, float] = field(default_factory=dict)
    failed: dict[int, float] = field(default_factory=dict)
    quantiles: dict[int, dict[float, float]] = field(default_factory=lambda: defaultdict(dict))


def entry_asks(scope: Scope) -> list[EntryAsk]:
    """Return the queries for all entries in all windows of a scope."""
    step = max(round(scope.bucket_ns / NS), 1)
    windows = [(1, scope.incident), *((0, window) for window in scope.baseline)]
    return [
        EntryAsk(
            Ask(
                "/api/metrics/query_range",
                params={
                    "q": text,
                    "start": window.start_ns // NS,
                    "end": -(-window.end_ns // NS),
                    "step": f"{step}s",
                    "exemplars": 1,
                },
            ),
            query,
            role,
            window,
            step * NS,
        )
        for role, window in windows
        for query, text in QUERIES.items()
    ]


def read_entries(
    answers: Iterable[tuple[EntryAsk, Any]], scope: Scope, renamed: Callable[[str], str]
) -> list[EntryStats]:
    """Read the answers to `entry_asks`.

    Quantiles of a whole window are those of its intervals, weighted by their requests.
    """
    found: dict[tuple[str, str], tuple[_Series, _Series]] = defaultdict(lambda: (_Series(), _Series()))
    step_ns = scope.bucket_ns
    for ask, document in answers:
        step_ns = ask.step_ns
        for series in document.get("series") or ():
            labels = {label["key"]: _value(label.get("value") or {}) for label in series.get("labels") or ()}
            service, name = labels.get("resource.service.name"), labels.get("name")
            if service and name:
                _add(found[renamed(str(service)), str(name)][ask.role], ask, labels.get("p"), series)
    return [_entry(key, Two(*both), step_ns) for key, both in sorted(found.items()) if both[0].rate or both[1].rate]


def _add(into: _Series, ask: EntryAsk, quantile: object, series: dict[str, Any]) -> None:
    for sample in series.get("samples") or ():
        start = int(sample["timestampMs"]) * 1_000_000 - ask.step_ns
        inside = TimeWindow(start_ns=start, end_ns=start + ask.step_ns).intersect(ask.window)
        value = float(sample.get("value") or 0.0)
        if inside is None or not value:
            continue
        if ask.query == "quantiles":
            into.quantiles[start][float(str(quantile))] = value * NS
        else:
            getattr(into, ask.query)[start] = value * inside.seconds


def _value(value: dict[str, Any]) -> object:
    return next(iter(value.values()), None)


def _entry(key: tuple[str, str], both: Two[_Series], step_ns: int) -> EntryStats:
    sides = (both.baseline, both.incident)
    return EntryStats(
        service=key[0],
        operation=key[1],
        duration=Two(*(_spread(side) for side in sides)),
        errors=Two(*(round(sum(side.failed.values())) for side in sides)),
        buckets=Two(*(_buckets(side) for side in sides)),
        failed=Two(*(_trials(side) for side in sides)),
    )


def _spread(side: _Series) -> Spread:
    n = round(sum(side.rate.values()))
    known = [start for start in side.rate if len(side.quantiles.get(start, {})) == len(LEVELS)]
    if not n or not known:
        return Spread(n=n)
    weights = np.array([side.rate[start] for start in known])
    p25, p50, p75, p90, p99 = (
        float(np.average([side.quantiles[start][level] for start in known], weights=weights)) for level in LEVELS
    )
    return Spread(n, float("nan"), p25, p50, p75, p90, p99)


def _buckets(side: _Series) -> Buckets:
    starts = sorted(start for start in side.rate if len(side.quantiles.get(start, {})) == len(LEVELS))
    return Buckets(
        times=np.array(starts, np.int64),
        n=np.array([side.rate[start] for start in starts], np.float64),
        p50=np.array([side.quantiles[start][0.5] for start in starts], np.float64),
        p90=np.array([side.quantiles[start][0.9] for start in starts], np.float64),
    )


def _trials(side: _Series) -> Trials:
    starts = sorted(side.rate)
    return Trials(
        times=np.array(starts, np.int64),
        n=np.array([side.rate[start] for start in starts], np.float64),
        hits=np.array([side.failed.get(start, 0.0) for start in starts], np.float64),
    )
