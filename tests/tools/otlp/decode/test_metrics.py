"""Metric points as rows, from protobuf and from JSON."""

import json
import math
from typing import Any

import pytest
from google.protobuf.message import Message
from opentelemetry.proto.metrics.v1.metrics_pb2 import AggregationTemporality, Metric

from tests.tools.otlp.messages import T0, gauge, metrics, otlp_json, pairs, rows
from tools.otlp.decode import Tally

CUMULATIVE = AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE
DELTA = AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA
FORMS = pytest.mark.parametrize("form", ["protobuf", "json"])
TIME = {"time_unix_nano": T0, "start_time_unix_nano": T0 - 10}


def decoded(form: str, data: Message, tally: Tally | None = None) -> list[dict[str, Any]]:
    """Return rows by way of one of the two encodings."""
    return rows("metrics", data if form == "protobuf" else otlp_json(data), tally)


@FORMS
def test_every_column_of_a_counter(form: str) -> None:
    metric = Metric(name="http.client.requests", unit="{request}")
    metric.sum.aggregation_temporality = CUMULATIVE
    metric.sum.is_monotonic = True
    metric.sum.data_points.add(**TIME, as_int=42, attributes=pairs({"server.address": "pay"}))
    (row,) = decoded(form, metrics([metric], host_name="vm-1"))
    assert row == {
        "timestamp": T0 / 1e9,
        "service": "shop",
        "metric": "http.client.requests",
        "value": 42.0,
        "pod": "vm-1",
        "peer": "pay",
        "type": "sum",
        "unit": "{request}",
        "temporality": "cumulative",
        "monotonic": True,
        "start_unix_nano": T0 - 10,
        "attributes": {"server.address": "pay"},
        "count": None,
        "sum": None,
        "bucket_counts": None,
        "explicit_bounds": None,
        "resource": {"service.name": "shop", "host.name": "vm-1"},
    }


@FORMS
def test_a_gauge_has_neither_temporality_nor_peer(form: str) -> None:
    (row,) = decoded(form, metrics([gauge(0.5, attributes={"server.address": "x"})]))
    assert (row["type"], row["value"], row["temporality"], row["monotonic"], row["peer"]) == (
        "gauge",
        0.5,
        "",
        None,
        None,
    )


@FORMS
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_value_that_is_not_finite_is_missing(form: str, value: float) -> None:
    (row,) = decoded(form, metrics([gauge(value)]))
    assert row["value"] is None


@FORMS
def test_a_histogram_has_mean_count_sum_and_buckets(form: str) -> None:
    metric = Metric(name="latency", unit="ms")
    metric.histogram.aggregation_temporality = DELTA
    metric.histogram.data_points.add(**TIME, count=4, sum=10.0, bucket_counts=[1, 2, 1], explicit_bounds=[1.0, 5.0])
    (row,) = decoded(form, metrics([metric]))
    assert (row["type"], row["temporality"], row["value"], row["count"], row["sum"]) == (
        "histogram",
        "delta",
        2.5,
        4,
        10,
    )
    assert (row["bucket_counts"], row["explicit_bounds"]) == ([1, 2, 1], [1, 5])


@FORMS
def test_a_histogram_without_observations_has_no_mean(form: str) -> None:
    metric = Metric(name="latency")
    metric.histogram.data_points.add(**TIME, count=0, sum=0.0)
    metric.histogram.data_points.add(**TIME, count=3)
    assert [(row["value"], row["sum"]) for row in decoded(form, metrics([metric]))] == [(None, 0.0), (None, None)]


@FORMS
def test_an_exponential_histogram_gets_explicit_bounds(form: str) -> None:
    metric = Metric(name="latency")
    metric.exponential_histogram.aggregation_temporality = CUMULATIVE
    point = metric.exponential_histogram.data_points.add(**TIME, count=6, sum=18.0, scale=0, zero_count=1)
    point.positive.offset = 1
    point.positive.bucket_counts.extend([2, 3])
    (row,) = decoded(form, metrics([metric]))
    assert (row["type"], row["value"], row["monotonic"]) == ("exponential_histogram", 3.0, True)
    assert (row["bucket_counts"], row["explicit_bounds"]) == ([1, 2, 3, 0], [2, 4, 8])


@FORMS
def test_a_summary_is_its_mean_and_one_series_a_quantile(form: str) -> None:
    metric = Metric(name="gc.pause")
    point = metric.summary.data_points.add(**TIME, count=2, sum=6.0)
    point.quantile_values.add(quantile=0.99, value=5.0)
    whole, quantile = decoded(form, metrics([metric]))
    assert (whole["value"], whole["count"], whole["sum"], whole["temporality"]) == (3.0, 2, 6, "cumulative")
    assert (quantile["value"], quantile["attributes"], quantile["count"]) == (5.0, {"quantile": "0.99"}, None)


@FORMS
def test_a_point_that_only_ends_its_series_is_no_point(form: str) -> None:
    metric = gauge(1.0)
    metric.gauge.data_points[0].flags = 1
    tally = Tally()
    assert decoded(form, metrics([metric]), tally) == []
    assert tally.unusable.total() == 0


@FORMS
def test_unusable_points_are_counted_and_the_others_kept(form: str) -> None:
    tally = Tally()
    timeless = gauge(1.0)
    timeless.gauge.data_points[0].time_unix_nano = 0
    data = metrics([timeless, gauge(1.0, name=""), Metric(name="empty"), gauge(2.0)])
    assert [row["value"] for row in decoded(form, data, tally)] == [2.0]
    assert tally.unusable == {"metrics": 3}
    assert tally.reasons == {"no valid time": 1, "a metric has no name": 1, "a metric has no data": 1}


def test_a_node_metric_is_about_its_node() -> None:
    (row,) = rows("metrics", metrics([gauge(1.0)], service_name=None, k8s_node_name="node-1"))
    assert row["service"] == "node-1"


@pytest.mark.parametrize(
    "metric",
    [
        {"name": "m", "gauge": 5},
        {"name": "m", "gauge": {"dataPoints": 5}},
        {"name": "m", "gauge": {"dataPoints": [5]}},
        {"name": "m", "gauge": {"dataPoints": [{"timeUnixNano": "1", "asDouble": "much"}]}},
        {"name": "m", "gauge": {"dataPoints": [{"timeUnixNano": "1", "asDouble": [1]}]}},
        {"name": "m", "histogram": {"dataPoints": [{"timeUnixNano": "1", "bucketCounts": "x"}]}},
        {"name": "m", "exponentialHistogram": {"dataPoints": [{"timeUnixNano": "1", "positive": []}]}},
        {"name": "m", "summary": {"dataPoints": [{"timeUnixNano": "1", "count": None}]}},
        {"name": "m", "gauge": {"dataPoints": [{"timeUnixNano": "1", "flags": "set"}]}},
        5,
    ],
)
def test_json_of_the_wrong_shape_is_unusable(metric: object) -> None:
    tally = Tally()
    document = {"resourceMetrics": [{"scopeMetrics": [{"metrics": [metric]}]}]}
    assert rows("metrics", json.dumps(document).encode(), tally) == []
    assert tally.unusable == {"metrics": 1}


def test_bare_nan_as_python_writes_it_is_read() -> None:
    point = {"timeUnixNano": "1", "asDouble": math.nan}
    document = {"resourceMetrics": [{"scopeMetrics": [{"metrics": [{"name": "m", "gauge": {"dataPoints": [point]}}]}]}]}
    assert [row["value"] for row in rows("metrics", json.dumps(document).encode())] == [None]
