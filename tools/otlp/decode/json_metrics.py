"""OTLP/JSON documents as rows: metric points."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tools.otlp.decode import json_values as jv
from tools.otlp.decode.conventions import Resource
from tools.otlp.decode.distributions import (
    ExponentialBuckets,
    explicit_buckets,
    histogram_point,
    mean_of,
    quantile_points,
)
from tools.otlp.decode.json_document import child, objects
from tools.otlp.decode.json_records import batches, records
from tools.otlp.decode.rows import NO_RECORDED_VALUE, Instrument, Point, Row, point_row
from tools.otlp.decode.tally import BadRecordError, Tally

_TEMPORALITIES = {"AGGREGATION_TEMPORALITY_DELTA": 1, "AGGREGATION_TEMPORALITY_CUMULATIVE": 2}
_Points = Iterator[tuple[Instrument, Point]]


def point_rows(document: dict[str, Any], tally: Tally) -> Iterator[Row]:
    """Yield rows of the metric points in a document; unusable ones go to the tally.

    Raises:
        BadPayloadError: the document's own list is malformed.
    """
    for resource, scopes in batches(document, "metrics", tally):
        for scope in scopes:
            for metric in records(scope, "metrics", "metrics", tally):
                yield from _metric_rows(resource, metric, tally)


def _metric_rows(resource: Resource, metric: dict[str, Any], tally: Tally) -> Iterator[Row]:
    kind = next((kind for kind in _POINTS if kind in metric), None)
    if kind is None or not isinstance(metric[kind], dict):
        tally.refuse("metrics", "a metric has no data")
        return
    data = metric[kind]
    for point in records(data, "dataPoints", "metrics", tally):
        try:
            if jv.whole(point.get("flags")) & NO_RECORDED_VALUE:
                continue
            for instrument, decoded in _POINTS[kind](metric, data, point):
                yield point_row(resource, instrument, decoded)
        except BadRecordError as error:
            tally.refuse("metrics", str(error))


def _instrument(metric: dict[str, Any], kind: str, temporality: Any, monotonic: bool | None) -> Instrument:
    number = jv.enum(temporality, _TEMPORALITIES)
    return Instrument(jv.string(metric.get("name")), jv.string(metric.get("unit")), kind, number, monotonic)


def _times(point: dict[str, Any]) -> tuple[int, int]:
    return jv.whole(point.get("timeUnixNano")), jv.whole(point.get("startTimeUnixNano"))


def _optional(value: Any) -> float | None:
    return None if value is None else jv.number(value)


def _number(point: dict[str, Any]) -> Point:
    value = point.get("asDouble", point.get("asInt"))
    return Point(*_times(point), jv.attributes(point), _optional(value))


def _gauge(metric: dict[str, Any], data: dict[str, Any], point: dict[str, Any]) -> _Points:
    yield _instrument(metric, "gauge", 0, None), _number(point)


def _sum(metric: dict[str, Any], data: dict[str, Any], point: dict[str, Any]) -> _Points:
    monotonic = data.get("isMonotonic") is True
    yield _instrument(metric, "sum", data.get("aggregationTemporality"), monotonic), _number(point)


def _histogram(metric: dict[str, Any], data: dict[str, Any], point: dict[str, Any]) -> _Points:
    buckets = (jv.numbers(point.get("bucketCounts")), jv.numbers(point.get("explicitBounds")))
    yield _distribution("histogram", metric, data, point, buckets)


def _exponential(metric: dict[str, Any], data: dict[str, Any], point: dict[str, Any]) -> _Points:
    scale, zeros = jv.whole(point.get("scale")), jv.whole(point.get("zeroCount"))
    buckets = explicit_buckets(scale, zeros, _side(point, "positive"), _side(point, "negative"))
    yield _distribution("exponential_histogram", metric, data, point, buckets)


def _side(point: dict[str, Any], key: str) -> ExponentialBuckets:
    side = child(point, key)
    return ExponentialBuckets(jv.whole(side.get("offset")), jv.numbers(side.get("bucketCounts")))


def _distribution(
    kind: str,
    metric: dict[str, Any],
    data: dict[str, Any],
    point: dict[str, Any],
    buckets: tuple[list[float], list[float]] | None,
) -> tuple[Instrument, Point]:
    count, total = jv.number(point.get("count", 0)), _optional(point.get("sum"))
    instrument = _instrument(metric, kind, data.get("aggregationTemporality"), True)
    return instrument, histogram_point(_times(point), jv.attributes(point), count, total, buckets)


def _summary(metric: dict[str, Any], data: dict[str, Any], point: dict[str, Any]) -> _Points:
    attributes, times = jv.attributes(point), _times(point)
    count, total = jv.number(point.get("count", 0)), jv.number(point.get("sum", 0))
    whole = Point(*times, attributes, mean_of(total, count), observations=count, total=total)
    yield _instrument(metric, "summary", 2, True), whole
    quantiles = [
        (jv.number(item.get("quantile", 0)), jv.number(item.get("value", 0)))
        for item in objects(point, "quantileValues")
    ]
    for found in quantile_points(times, attributes, quantiles):
        yield _instrument(metric, "summary", 0, None), found


_POINTS: dict[str, Callable[[dict[str, Any], dict[str, Any], dict[str, Any]], _Points]] = {
    "gauge": _gauge,
    "sum": _sum,
    "histogram": _histogram,
    "exponentialHistogram": _exponential,
    "summary": _summary,
}
