"""Table of metric series, with plots when there are only a few."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from agent.show.request import Filters
from agent.show.spreads import plots_of, series_plot
from agent.show.table import ROW_UNIT, Column, Plot, Table, make, text, two
from tools.analysers.metric_details import TRACES, details_by_series
from tools.sources import Telemetry
from tools.sources.rows import Key, MetricDetail, MetricSeries, Two, key_of
from tools.stats import effect_size, robust_scale
from tools.window import Scope, to_datetime

Values = NDArray[np.float64]
UNKNOWN = Two(float("nan"), float("nan"))


def series(telemetry: Telemetry, scope: Scope, wanted: Filters) -> Table:
    """Return points, median, mean and extremes per series, those that moved most first."""
    metrics = telemetry.metrics
    assert metrics is not None
    rows = [row for row in metrics.series(scope) if _wanted(row, wanted)]
    if scope.baseline:
        rows.sort(key=lambda row: -_moved(row))
    shown = rows[: wanted.limit] if wanted.limit else rows
    known = details_by_series(metrics, scope, shown)
    columns: list[Column[MetricSeries]] = [
        text("service", lambda s: s.service),
        text("pod", lambda s: s.pod, rank=0 if _told_by_pod(shown) else 1),
        text("peer", lambda s: s.peer, rank=1),
        text("metric", lambda s: s.metric),
        text("attributes", lambda s: s.attributes.removeprefix("{}")),
        text("unit", lambda s: s.unit, rank=2),
        *two("points", "points", "", lambda s: _each(s, np.size), rank=1, baseline_rank=2),
        *two("median", "median", ROW_UNIT, lambda s: _each(s, np.median)),
        *two("mean", "mean", ROW_UNIT, lambda s: _each(s, np.mean), rank=2),
        *two("min", "lowest", ROW_UNIT, lambda s: _each(s, np.min), rank=2),
        *two("max", "highest", ROW_UNIT, lambda s: _each(s, np.max), rank=1, baseline_rank=2),
        *_quantiles({key_of(rows[index]): detail for index, detail in known.items()}),
    ]
    plots = plots_of(rows, lambda row: _plot(row, scope))
    title = "metric series (counters as rates per second, histograms as means)"
    notes = [*dict.fromkeys(_notes(known.values())), *metrics.degradations()]
    return make("series", title, columns, rows, scope, wanted.limit, notes=notes, plots=plots)


def _told_by_pod(rows: Sequence[MetricSeries]) -> bool:
    """Tell whether two series would look the same without their pod."""
    return len({(row.service, row.peer, row.metric, row.attributes) for row in rows}) < len(rows)


def _quantiles(known: Mapping[Key, MetricDetail]) -> Iterator[Column[MetricSeries]]:
    """Yield columns for the quantiles of histograms, where any are known."""
    for name in sorted({name for detail in known.values() for name in detail.quantiles}):

        def get(row: MetricSeries, name: str = name) -> Two[float]:
            return known[key_of(row)].quantiles.get(name, UNKNOWN) if key_of(row) in known else UNKNOWN

        yield from two(name, name, ROW_UNIT, get)


def _notes(details: Iterable[MetricDetail]) -> Iterator[str]:
    for detail in details:
        yield from (
            f"trace {item.trace_id} was observed with {item.value:.4g} at {to_datetime(item.time_ns):%F %T} UTC"
            for item in detail.exemplars[:TRACES]
        )
        yield from detail.rules


def _wanted(row: MetricSeries, wanted: Filters) -> bool:
    named = wanted.name in ("", row.metric, row.metric + row.attributes)
    return named and wanted.keep(service=row.service, pod=row.pod, peer=row.peer)


def _each(row: MetricSeries, statistic: Callable[[Values], float]) -> Two[float]:
    """Return a statistic of both windows; NaN where a window has no point."""
    both = (row.values.baseline, row.values.incident)
    return Two(*(float(statistic(values)) if values.size or statistic is np.size else float("nan") for values in both))


def _moved(row: MetricSeries) -> float:
    before, after = row.values.baseline, row.values.incident
    if not (before.size and after.size):
        return float("inf")
    level = float(np.median(before))
    floor = max(0.05 * abs(level), 1e-9)
    return abs(effect_size(float(np.median(after)), level, robust_scale(before), floor))


def _plot(row: MetricSeries, scope: Scope) -> Plot | None:
    times = (*row.times.baseline.tolist(), *row.times.incident.tolist())
    values = (*row.values.baseline.tolist(), *row.values.incident.tolist())
    name = " ".join(part for part in (row.service, row.pod, row.peer, row.metric, row.attributes) if part)
    level = float(np.median(row.values.baseline)) if row.values.baseline.size else float("nan")
    return series_plot(name, row.unit, times, values, level, scope)
