"""What a metric series is measured against: its own nature, its capacity, and the series of others."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tools.analysers.metric_classes import (
    MetricClass,
    bytes_per_unit,
    counts_open_files,
    is_node_metric,
    is_percentage,
    is_share_of_good,
    is_utilisation,
    metric_class,
)
from tools.sources.rows import MetricSeries, Two
from tools.stats import median, robust_scale
from tools.window import NS

MIN_PEERS = 5
"""Fewer series of a metric do not tell what it does without a fault."""
ERROR_BUDGET = 0.001
"""Three nines: fewer failures than one request in a thousand are what services promise anyway."""
FELT_LOAD = 0.05
"""A twentieth of capacity: an idle server that is that much busier answers 5 % later (M/M/1), which healthy
systems do between two looks."""
OPEN_FILES = 1024.0
"""How many files a process may have open unless somebody has raised it: Linux's default soft limit."""
SMALLEST_MEMORY = 128 * 2**20
"""Bytes: hardly any process is given less, so a few megabytes more starve nobody where the limit is unknown."""
_CAPPED = frozenset({MetricClass.CPU, MetricClass.MEMORY})
Owner = tuple[str, str, MetricClass]
"""Service, pod and resource."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A series as it is judged: its values, the sign that a rise of them has in the original, the smallest scale."""

    series: MetricSeries
    sign: float
    least: float


def judged(series: MetricSeries, capacity: Mapping[Owner, float]) -> Judged:
    """Return what a series is judged by.

    Args:
        series: values in both windows.
        capacity: see `capacities`.
    """
    failures = of_failures(series)
    if failures is not series:
        return Judged(failures, -1.0, ERROR_BUDGET)
    owner = series.service, series.pod, metric_class(series.metric)
    whole = 0.0 if _withheld(series) else capacity.get(owner, 0.0)
    whole = whole_of(series) if is_utilisation(series.metric) else whole
    whole = OPEN_FILES if counts_open_files(series.metric) else whole
    if not whole and metric_class(series.metric) is MetricClass.MEMORY:
        whole = SMALLEST_MEMORY / bytes_per_unit(series.metric, series.unit)
    return Judged(series, 1.0, max(counting_noise(series), FELT_LOAD * whole))


def of_failures(series: MetricSeries) -> MetricSeries:
    """Return the part, 0..1, that failed where a metric tells the part that went well; any other series as it is.

    From 99.9 % to 98 % is a fiftieth of the one and twenty times the other, and it is failures that are felt.
    """
    values = series.values
    if not (is_share_of_good(series.metric) and values.baseline.size and values.incident.size):
        return series
    whole = whole_of(series)
    if max(values.baseline.max(), values.incident.max()) > whole:
        return series
    return replace(series, values=Two(1.0 - values.baseline / whole, 1.0 - values.incident / whole))


def whole_of(series: MetricSeries) -> float:
    """Return what a share counts as the whole: 100 where its name or its values say per cent, else 1."""
    highest = max(
        (float(part.max()) for part in (series.values.baseline, series.values.incident) if part.size), default=0
    )
    return 100.0 if is_percentage(series.metric) or highest > 1.0 else 1.0


def capacities(found: Sequence[MetricSeries]) -> dict[Owner, float]:
    """Return how much of a resource a component can use at the most, in the unit of its absolute metric.

    Where an absolute metric (millicores) and a utilisation (per cent) of the same resource of a pod are both
    measured, one each, the whole is their ratio.
    """
    used: dict[Owner, list[float]] = defaultdict(list)
    share: dict[Owner, list[float]] = defaultdict(list)
    for series in found:
        kind, after = metric_class(series.metric), series.values.incident
        if series.peer or kind not in _CAPPED or is_node_metric(series.metric) or _withheld(series) or not after.size:
            continue
        level = median(after)
        if is_utilisation(series.metric):
            share[series.service, series.pod, kind].append(level / whole_of(series))
        else:
            used[series.service, series.pod, kind].append(level)
    pairs = {owner: (used.get(owner, []), parts) for owner, parts in share.items()}
    return {
        owner: amounts[0] / parts[0]
        for owner, (amounts, parts) in pairs.items()
        if len(amounts) == len(parts) == 1 and parts[0] > 0
    }


def _withheld(series: MetricSeries) -> bool:
    """Tell whether a series is of what a component did not get: time for which a limit held it back."""
    return "throttl" in series.metric.lower()


def counting_noise(series: MetricSeries) -> float:
    """Return what a count scatters by itself, the root of its level (Poisson); next to 0 for what is not a count.

    A pool that has one connection in use now and two then has not changed. A rate of events is a count
    divided by the interval between its points.
    """
    values = series.values.baseline
    level = abs(median(values)) if values.size else 0.0
    if interval_s := _rate_interval(series):
        return math.sqrt(max(level * interval_s, 1.0)) / interval_s
    return math.sqrt(max(level, 1.0)) if bool((values == np.round(values)).all()) else 1e-9


def _rate_interval(series: MetricSeries) -> float:
    """Return the seconds between points of a series that is a rate of events; 0 for anything else."""
    times = np.concatenate([series.times.baseline, series.times.incident])
    counted = bool((series.values.baseline == np.round(series.values.baseline)).all())
    if counted or times.size < 2 or metric_class(series.metric) is not MetricClass.TRAFFIC:
        return 0.0
    return median(np.diff(np.sort(times))) / NS


def pooled_variation(found: list[MetricSeries]) -> dict[str, float]:
    """Return per metric the robust scale of log ratios incident over baseline of all its series.

    Where a baseline is too short to vary, what the other components did stands in. Metrics of fewer
    than `MIN_PEERS` series are left out.
    """
    ratios: dict[str, list[float]] = defaultdict(list)
    for series in found:
        before, after = series.values.baseline, series.values.incident
        if before.size and after.size:
            base, now = abs(median(before)), abs(median(after))
            if base > 0 and now > 0:
                ratios[series.metric].append(math.log(now / base))
    return {name: robust_scale(np.array(values)) for name, values in ratios.items() if len(values) >= MIN_PEERS}


def peer_levels(found: list[MetricSeries]) -> dict[str, float]:
    """Return per metric the median baseline level over all its series, 0 for fewer than `MIN_PEERS`."""
    levels: dict[str, list[float]] = defaultdict(list)
    for series in found:
        if series.values.baseline.size:
            levels[series.metric].append(abs(median(series.values.baseline)))
    return {name: median(np.array(values)) for name, values in levels.items() if len(values) >= MIN_PEERS}
