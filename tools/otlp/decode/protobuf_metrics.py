"""Protobuf payloads as rows: metric points."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from google.protobuf.message import DecodeError

from tools.otlp.decode.conventions import Resource
from tools.otlp.decode.distributions import (
    ExponentialBuckets,
    explicit_buckets,
    histogram_point,
    mean_of,
    quantile_points,
)
from tools.otlp.decode.protobuf import ATTRIBUTES, reason_of, resource_of, text
from tools.otlp.decode.rows import NO_RECORDED_VALUE, Instrument, Point, Row, point_row
from tools.otlp.decode.tally import BadRecordError, Tally

_Points = Iterator[tuple[Instrument, Point]]


def point_rows(data: Any, tally: Tally) -> Iterator[Row]:
    """Yield rows of a MetricsData view; unusable points go to the tally."""
    for batch in data.resource_metrics:
        resource = resource_of(batch)
        for scope in batch.scope_metrics:
            for metric in scope.metrics:
                yield from _metric_rows(resource, metric, tally)


def _metric_rows(resource: Resource, metric: Any, tally: Tally) -> Iterator[Row]:
    kind = metric.WhichOneof("data")
    if kind is None:
        tally.refuse("metrics", "a metric has no data")
        return
    data = getattr(metric, kind)
    for point in data.data_points:
        if point.flags & NO_RECORDED_VALUE:
            continue
        try:
            for instrument, decoded in _POINTS[kind](metric, data, point):
                yield point_row(resource, instrument, decoded)
        except (BadRecordError, DecodeError) as error:
            tally.refuse("metrics", reason_of(error))


def _instrument(metric: Any, kind: str, temporality: int, monotonic: bool | None) -> Instrument:
    return Instrument(text(metric.name), text(metric.unit), kind, temporality, monotonic)


def _times(point: Any) -> tuple[int, int]:
    return point.time_unix_nano, point.start_time_unix_nano


def _number(metric: Any, data: Any, point: Any, instrument: Instrument) -> _Points:
    which = point.WhichOneof("value")
    value = float(getattr(point, which)) if which else None
    yield instrument, Point(*_times(point), ATTRIBUTES.decode(point.attributes), value)


def _gauge(metric: Any, data: Any, point: Any) -> _Points:
    return _number(metric, data, point, _instrument(metric, "gauge", 0, None))


def _sum(metric: Any, data: Any, point: Any) -> _Points:
    return _number(
        metric, data, point, _instrument(metric, "sum", data.aggregation_temporality, bool(data.is_monotonic))
    )


def _histogram(metric: Any, data: Any, point: Any) -> _Points:
    attributes = ATTRIBUTES.decode(point.attributes)
    total = point.sum if point.HasField("sum") else None
    buckets = (point.bucket_counts, point.explicit_bounds)
    yield (
        _instrument(metric, "histogram", data.aggregation_temporality, True),
        histogram_point(_times(point), attributes, point.count, total, buckets),
    )


def _exponential(metric: Any, data: Any, point: Any) -> _Points:
    attributes = ATTRIBUTES.decode(point.attributes)
    total = point.sum if point.HasField("sum") else None
    sides = (ExponentialBuckets(side.offset, side.bucket_counts) for side in (point.positive, point.negative))
    buckets = explicit_buckets(point.scale, point.zero_count, *sides)
    yield (
        _instrument(metric, "exponential_histogram", data.aggregation_temporality, True),
        histogram_point(_times(point), attributes, point.count, total, buckets),
    )


def _summary(metric: Any, data: Any, point: Any) -> _Points:
    attributes = ATTRIBUTES.decode(point.attributes)
    whole = Point(
        *_times(point), attributes, mean_of(point.sum, point.count), observations=float(point.count), total=point.sum
    )
    yield _instrument(metric, "summary", 2, True), whole
    quantiles = [(item.quantile, item.value) for item in point.quantile_values]
    for found in quantile_points(_times(point), attributes, quantiles):
        yield _instrument(metric, "summary", 0, None), found


_POINTS: dict[str, Callable[[Any, Any, Any], _Points]] = {
    "gauge": _gauge,
    "sum": _sum,
    "histogram": _histogram,
    "exponential_histogram": _exponential,
    "summary": _summary,
}
