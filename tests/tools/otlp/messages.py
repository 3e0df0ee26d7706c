"""Build OTLP messages for tests with the official classes, and write them as OTLP/JSON."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from typing import Any

from google.protobuf import json_format
from google.protobuf.message import Message
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue, KeyValueList
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord, LogsData
from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric, MetricsData
from opentelemetry.proto.trace.v1.trace_pb2 import Span, TracesData

from tools.otlp.decode import Encoding, Payload, Signal, Tally, rows_of
from tools.store.columns import SCHEMAS

T0 = 1_700_000_000_000_000_000
"""Unix nanoseconds at which the tests' time begins."""
_IDS = {"traceId": 16, "spanId": 8, "parentSpanId": 8}


def any_value(value: Any) -> AnyValue:
    """Return a Python value as AnyValue."""
    if isinstance(value, bool):
        return AnyValue(bool_value=value)
    if isinstance(value, int):
        return AnyValue(int_value=value)
    if isinstance(value, float):
        return AnyValue(double_value=value)
    if isinstance(value, bytes):
        return AnyValue(bytes_value=value)
    if isinstance(value, list):
        return AnyValue(array_value=ArrayValue(values=[any_value(item) for item in value]))
    if isinstance(value, dict):
        return AnyValue(kvlist_value=KeyValueList(values=pairs(value)))
    return AnyValue(string_value=value)


def pairs(attributes: Mapping[str, Any]) -> list[KeyValue]:
    """Return attributes as a list of KeyValue."""
    return [KeyValue(key=key, value=any_value(value)) for key, value in attributes.items()]


def span(number: int = 1, *, attributes: Mapping[str, Any] | None = None, **fields: Any) -> Span:
    """Return a span of 5 ms that starts `number` ms after `T0`; its ids are its number."""
    start = T0 + number * 1_000_000
    values: dict[str, Any] = {
        "trace_id": number.to_bytes(16, "big"),
        "span_id": number.to_bytes(8, "big"),
        "name": "GET /",
        "start_time_unix_nano": start,
        "end_time_unix_nano": start + 5_000_000,
        "attributes": pairs(attributes or {}),
    }
    return Span(**{**values, **fields})


def traces(spans: Iterable[Span], **resource: Any) -> TracesData:
    """Return spans of one resource; underscores in its attribute names stand for dots."""
    data = TracesData()
    batch = data.resource_spans.add()
    batch.resource.attributes.extend(_resource(resource))
    batch.scope_spans.add().spans.extend(spans)
    return data


def logs(records: Iterable[LogRecord], **resource: Any) -> LogsData:
    """Return log records of one resource."""
    data = LogsData()
    batch = data.resource_logs.add()
    batch.resource.attributes.extend(_resource(resource))
    batch.scope_logs.add().log_records.extend(records)
    return data


def log(
    number: int = 1, body: Any = "hello", *, attributes: Mapping[str, Any] | None = None, **fields: Any
) -> LogRecord:
    """Return a log record `number` ms after `T0`."""
    values = {"time_unix_nano": T0 + number * 1_000_000, "body": any_value(body), "attributes": pairs(attributes or {})}
    return LogRecord(**{**values, **fields})


def metrics(found: Iterable[Metric], **resource: Any) -> MetricsData:
    """Return metrics of one resource."""
    data = MetricsData()
    batch = data.resource_metrics.add()
    batch.resource.attributes.extend(_resource(resource))
    batch.scope_metrics.add().metrics.extend(found)
    return data


def gauge(
    value: float, number: int = 1, name: str = "queue.length", attributes: Mapping[str, Any] | None = None
) -> Metric:
    """Return a gauge with one point `number` ms after `T0`."""
    metric = Metric(name=name, unit="1")
    metric.gauge.data_points.add(
        time_unix_nano=T0 + number * 1_000_000, as_double=value, attributes=pairs(attributes or {})
    )
    return metric


def _resource(resource: Mapping[str, Any]) -> list[KeyValue]:
    named = {"service_name": "shop", **resource}
    return pairs({key.replace("_", "."): value for key, value in named.items() if value is not None})


def otlp_json(message: Message, **options: Any) -> bytes:
    """Return a message as OTLP/JSON: protobuf's JSON, but with ids in hex."""
    return json.dumps(_with_hex_ids(json_format.MessageToDict(message, **options))).encode()


def _with_hex_ids(value: Any, key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: _with_hex_ids(item, name) for name, item in value.items()}
    if isinstance(value, list):
        return [_with_hex_ids(item) for item in value]
    if key in _IDS and isinstance(value, str):
        return base64.b64decode(value).hex()
    return value


def rows(
    signal: Signal, body: Message | bytes, tally: Tally | None = None, received_ns: int = 0
) -> list[dict[str, Any]]:
    """Return the decoded rows of a message, or of OTLP/JSON given as bytes, by column name."""
    if isinstance(body, bytes):
        payload = Payload(signal, Encoding.JSON, body, received_ns)
    else:
        payload = Payload(signal, Encoding.PROTOBUF, body.SerializeToString(), received_ns)
    names = [column.name for column in SCHEMAS[signal]]
    return [dict(zip(names, row, strict=True)) for row in rows_of(payload, Tally() if tally is None else tally)]
