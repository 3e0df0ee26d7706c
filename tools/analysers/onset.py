"""When was it? Find the incident in telemetry that nobody has cut into windows.

Every user-visible series (latency and errors of entry operations; where there are no traces, alarming log
lines and metrics of latency and errors) is measured against its own calm level. The incident is the
run of time buckets in which they are worst together.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tools.analysers.log_templates import ALARMING
from tools.analysers.metric_classes import MetricClass, metric_class
from tools.sources import Telemetry
from tools.sources.rows import EntryStats
from tools.stats import robust_scale
from tools.window import NS, Scope, TimeWindow

BUCKETS = 60
"""Time buckets the data is cut into: fine enough for an onset, coarse enough for a quantile in each."""
SHORTEST_S = 5
CALM = 0.25
"""Quantile of a series taken for its calm level: an incident may fill more than half of the data."""
WORST = 6.0
"""Scales above the calm level beyond which more is not worse; keeps one series from deciding alone."""
NOISE = 1.5
"""Mean excess in scales that calm data has now and then."""
ENOUGH = 6.0
"""Summed excess from which a run of buckets is an incident: one bucket as bad as can be, or several bad ones."""

Series = tuple[NDArray[np.int64], NDArray[np.float64], float]
"""Bucket starts, values where higher is worse, and the smallest scale to believe in."""


def find_incident(telemetry: Telemetry, extent: TimeWindow) -> TimeWindow | None:
    """Return the window in which the system was at its worst, None when nothing stands out.

    Args:
        telemetry: the sources.
        extent: the time range of the data.
    """
    width = max(int((extent.end_ns - extent.start_ns) / BUCKETS), SHORTEST_S * NS)
    scope = Scope(incident=extent, baseline=(), bucket_ns=width)
    badness = _badness(_user_visible(telemetry, scope), extent, width)
    run = worst_run(badness - NOISE)
    if run is None or (badness - NOISE)[run[0] : run[1]].sum() < ENOUGH:
        return None
    start = extent.start_ns + run[0] * width
    return TimeWindow(start_ns=start, end_ns=min(extent.start_ns + run[1] * width, extent.end_ns))


def worst_run(excess: NDArray[np.float64]) -> tuple[int, int] | None:
    """Return begin and end of the run with the greatest sum (Kadane), None when nothing is above 0."""
    best, total, begin = 0.0, 0.0, 0
    found: tuple[int, int] | None = None
    for index, value in enumerate(excess.tolist()):
        if total <= 0.0:
            total, begin = 0.0, index
        total += value
        if total > best:
            best, found = total, (begin, index + 1)
    return found


def _badness(series: list[Series], extent: TimeWindow, width: int) -> NDArray[np.float64]:
    """Return per bucket the mean of all series' excess over their calm level, the worst quarter of series only."""
    count = -(-(extent.end_ns - extent.start_ns) // width)
    table = np.zeros((max(len(series), 1), count))
    for row, (times, values, floor) in zip(table, series, strict=False):
        calm = np.quantile(values, CALM)
        scale = max(robust_scale(values[values <= np.quantile(values, 2 * CALM)]), floor)
        row[((times - extent.start_ns) // width).clip(0, count - 1)] = np.clip((values - calm) / scale, 0.0, WORST)
    worst = np.sort(table, axis=0)[-max(1, len(series) // 4) :]
    return np.asarray(worst.mean(axis=0), dtype=np.float64)


def _user_visible(telemetry: Telemetry, scope: Scope) -> list[Series]:
    if telemetry.traces is not None:
        found = [s for entry in telemetry.traces.entries(scope) for s in _entry(entry)]
        if found:
            return found
    return _metrics(telemetry, scope) or _logs(telemetry, scope)


def _entry(entry: EntryStats) -> list[Series]:
    """Return latency (log of the 90th percentile, a fifth counts as nothing) and error share of an entry."""
    durations, failed = entry.buckets.incident, entry.failed.incident
    if durations.times.size < 4:
        return []
    share = failed.hits / np.maximum(failed.n, 1.0)
    return [(durations.times, np.log(np.maximum(durations.p90, 1.0)), 0.2), (failed.times, share, 0.05)]


def _metrics(telemetry: Telemetry, scope: Scope) -> list[Series]:
    if telemetry.metrics is None:
        return []
    wanted = {MetricClass.LATENCY, MetricClass.ERRORS}
    found = [s for s in telemetry.metrics.series(scope) if metric_class(s.metric) in wanted]
    return [
        (
            s.times.incident,
            _worse(s.metric) * s.values.incident,
            max(0.2 * abs(float(np.median(s.values.incident))), 1e-9),
        )
        for s in found
        if s.values.incident.size >= 4
    ]


def _worse(metric: str) -> float:
    """Return -1 for a metric of which less is worse."""
    return -1.0 if any(word in metric.lower() for word in ("success", "availab")) else 1.0


def _logs(telemetry: Telemetry, scope: Scope) -> list[Series]:
    if telemetry.logs is None:
        return []
    starts = np.arange(scope.incident.start_ns, scope.incident.end_ns, scope.bucket_ns, dtype=np.int64)
    counts = dict.fromkeys(starts.tolist(), 0.0)
    for line in telemetry.logs.lines(scope):
        if line.severity in ALARMING:
            for moment, count in zip(line.times.incident.tolist(), line.counts.incident.tolist(), strict=True):
                counts[moment] = counts.get(moment, 0.0) + count
    values = np.array(list(counts.values()))
    return [(np.array(list(counts), dtype=np.int64), values, 1.0)] if values.any() else []
