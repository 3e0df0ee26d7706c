"""How much of the time that all components gained is a latency metric's: traffic times rise.

Without traces nothing says how much of a request is spent where. Yet a component that five requests pass cannot
have slowed down a thousand, however much slower it became itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from tools.analysers.metric_classes import MetricClass, is_node_metric, metric_class
from tools.sources.rows import Key, MetricSeries, key_of
from tools.stats import median


def latency_shares(found: Sequence[MetricSeries]) -> dict[Key, float]:
    """Return per latency series of a component its part, 0..1, of the time gained under the same metric name.

    A series has a part only where its component's traffic is measured. Callers' latency includes that of
    those they call, so parts along a call path overlap; they tell the much used from the hardly used.

    Args:
        found: all series; those of edges (with a peer) are left out.
    """
    traffic = traffic_levels(found)
    gained: dict[str, dict[Key, float]] = defaultdict(dict)
    for series in found:
        before, after = series.values.baseline, series.values.incident
        if series.peer or series.service not in traffic or not (before.size and after.size):
            continue
        if metric_class(series.metric) is MetricClass.LATENCY:
            rise = median(after) - median(before)
            gained[series.metric][key_of(series)] = max(rise, 0.0) * traffic[series.service]
    return {
        key: value / total for part in gained.values() if (total := sum(part.values())) for key, value in part.items()
    }


def traffic_levels(found: Sequence[MetricSeries]) -> Mapping[str, float]:
    """Return requests per component, in whatever unit its traffic metric has; the busiest of several counts.

    Both windows count, whichever has more: a fault may have stopped the traffic.
    """
    levels: dict[str, float] = {}
    for series in found:
        if series.peer or is_node_metric(series.metric) or metric_class(series.metric) is not MetricClass.TRAFFIC:
            continue
        level = max(median(part) for part in (series.values.baseline, series.values.incident) if part.size)
        levels[series.service] = max(levels.get(series.service, 0.0), level)
    return levels
