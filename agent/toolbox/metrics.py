"""The tools `metrics` and `metric_series`."""

from __future__ import annotations

import numpy as np

from agent.toolbox.bench import Bench, existing
from agent.toolbox.numbers import fact, facts_line
from agent.toolbox.tool import Arguments, Found, Line, Tool
from tools.evidence import Fact, Quantity, Subject
from tools.sources import MetricSource
from tools.sources.rows import MetricSeries, Two
from tools.stats import effect_size, robust_scale
from tools.units import amount
from tools.window import to_datetime

POINTS = 24
"""Points of a series told; longer ones are thinned out evenly."""


class OneService(Arguments):
    """A service."""

    service: str


class OneMetric(OneService):
    """A metric of a service."""

    metric: str


def comparison(bench: Bench, arguments: OneService) -> Found:
    """Return the median of every metric of a service in both windows, those that moved most first."""
    service = bench.service(arguments.service)
    own = [row for row in _source(bench).series(bench.scope) if row.service == service]
    own.sort(key=lambda row: -_moved(row))
    subject = Subject(kind="service", service=service)
    lines = (facts_line([_fact(row)]) for row in own)
    return Found(
        title=f"metrics of {service}, medians, most moved first",
        subject=subject,
        lines=tuple(line for line in lines if line.text),
        query=_source(bench).query("series", bench.scope, subject),
    )


def series(bench: Bench, arguments: OneMetric) -> Found:
    """Return a metric of a service over time."""
    service = bench.service(arguments.service)
    own = [row for row in _source(bench).series(bench.scope) if row.service == service]
    metric = existing("metric", arguments.metric.partition("{")[0], sorted({row.metric for row in own}))
    subject = Subject(kind="metric", service=service, name=metric)
    return Found(
        title=f"{service} {metric} over time (UTC), the incident from {_clock(bench.scope.incident.start_ns)}",
        subject=subject,
        lines=tuple(_points(row) for row in own if row.metric == metric),
        query=_source(bench).query("series", bench.scope, subject),
    )


def _points(row: MetricSeries) -> Line:
    times = np.concatenate([row.times.baseline, row.times.incident])
    values = np.concatenate([row.values.baseline, row.values.incident])
    kept = np.unique(np.linspace(0, max(len(times) - 1, 0), min(POINTS, len(times))).astype(int))
    told = ", ".join(f"{_clock(int(times[i]))} {amount(float(values[i]), row.unit)}" for i in kept)
    where = " ".join(part for part in (row.pod, row.peer, row.attributes.removeprefix("{}")) if part)
    return Line(text=f"{where}: {told}".removeprefix(": "), facts=(_fact(row),))


def _fact(row: MetricSeries) -> Fact:
    subject = Subject(
        kind="metric", service=row.service, pod=row.pod, peer=row.peer, name=row.metric + row.attributes.strip()
    )
    medians = [float(np.median(v)) if v.size else float("nan") for v in (row.values.baseline, row.values.incident)]
    return fact(Quantity.METRIC, subject, Two(*medians), row.unit, "median")


def _moved(row: MetricSeries) -> float:
    before, after = row.values.baseline, row.values.incident
    if not (before.size and after.size):
        return float("inf")
    level = float(np.median(before))
    return abs(effect_size(float(np.median(after)), level, robust_scale(before), max(0.05 * abs(level), 1e-9)))


def _clock(ns: int) -> str:
    return f"{to_datetime(ns):%H:%M:%S}"


def _source(bench: Bench) -> MetricSource:
    assert bench.telemetry.metrics is not None
    return bench.telemetry.metrics


def _there(bench: Bench) -> bool:
    return bench.telemetry.metrics is not None


TOOLS = (
    Tool("metrics", "Metrics of a service, baseline against incident.", OneService, comparison, _there),
    Tool("metric_series", "One metric of a service over time.", OneMetric, series, _there),
)
