"""What the metric tables hold about a few series beyond their levels: buckets of histograms, and exemplars."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

from tools.live.clickhouse.source import Row
from tools.sources.rows import Exemplar, Key, MetricDetail, Two

SHARES = {"p50": 0.5, "p99": 0.99}
"""Quantiles that are told."""


def read_details(rows: Iterable[Row], keys: Sequence[Key]) -> list[MetricDetail]:
    """Return the details of each series from the rows of details.sql."""
    found: dict[Key, dict[int, Row]] = {}
    for service, pod, peer, metric, attributes, role, *rest in rows:
        found.setdefault((service, pod, peer, metric, attributes), {})[int(role)] = rest
    return [_detail(found.get(key, {})) for key in keys]


def _detail(windows: dict[int, Row]) -> MetricDetail:
    before, after = windows.get(0), windows.get(1)
    if after is None:
        return MetricDetail()
    exemplars = tuple(Exemplar(int(at), float(value), trace) for value, at, trace in after[2])
    return MetricDetail(dict(_quantiles(before, after)) if before else {}, exemplars)


def _quantiles(before: Row, after: Row) -> Iterator[tuple[str, Two[float]]]:
    for name, share in SHARES.items():
        both = Two(quantile(share, *before[:2]), quantile(share, *after[:2]))
        if math.isfinite(both.baseline) and math.isfinite(both.incident):
            yield name, both


def quantile(share: float, bounds: Sequence[float], counts: Sequence[float]) -> float:
    """Return a quantile of a histogram by linear interpolation within its bucket, as Prometheus computes it.

    See https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile.

    Args:
        share: 0..1.
        bounds: upper bounds of all buckets but the last, ascending.
        counts: observations per bucket, one more than bounds.

    Returns:
        NaN without observations; the highest bound for what lies above it.
    """
    total = float(sum(counts))
    if not bounds or len(counts) != len(bounds) + 1 or total <= 0:
        return math.nan
    rank, below = share * total, 0.0
    for index, count in enumerate(counts[:-1]):
        if count and below + count >= rank:
            low = float(bounds[index - 1]) if index else min(0.0, float(bounds[0]))
            return low + (float(bounds[index]) - low) * (rank - below) / float(count)
        below += float(count)
    return float(bounds[-1])
