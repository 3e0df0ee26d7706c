"""Rows in the order of the embedded store's columns, the same for protobuf and JSON.

Ids are lower-case hex, times Unix nanoseconds, attributes dictionaries of text.
"""

from __future__ import annotations

import sys
from typing import Any, NamedTuple, TypeAlias

import orjson

from tools.otlp.decode.conventions import (
    KINDS,
    STATUSES,
    TEMPORALITIES,
    Resource,
    is_asgi_noise,
    peer_of,
    severity_of,
)
from tools.otlp.decode.tally import BadRecordError
from tools.otlp.decode.values import text_of

Row: TypeAlias = tuple[Any, ...]
"""Values in the order of `tools.store.columns.SCHEMAS[signal]`."""

_CALLERS = (3, 4)
"""Span kinds that call someone: client and producer."""
NO_RECORDED_VALUE = 1
"""Flag of a metric point that only says a series has ended."""
_MAX_NS = 2**63 - 1
_MAX_FLOAT = sys.float_info.max
_NO_ID = {"", "0" * 16, "0" * 32}


def valid_time(ns: int) -> int:
    """Return a time that is set and fits a signed 64-bit column.

    Raises:
        BadRecordError: it is zero, negative or too large.
    """
    if 0 < ns <= _MAX_NS:
        return ns
    raise BadRecordError("no valid time")


def valid_id(text: str, digits: int) -> str:
    """Return an id of a given number of hex digits.

    Raises:
        BadRecordError: it has another length or is all zeros.
    """
    if len(text) == digits and text not in _NO_ID:
        return text
    raise BadRecordError("no valid trace id or span id")


def optional_id(text: str, digits: int) -> str | None:
    """Return an id, None when it is missing, all zeros or of another length."""
    return text if len(text) == digits and text not in _NO_ID else None


class Span(NamedTuple):
    """One span, decoded. `kind` and `status` are OTLP's numbers; events and links are plain values."""

    trace_id: str
    span_id: str
    parent_span_id: str
    name: str
    kind: int
    start_ns: int
    end_ns: int
    attributes: dict[str, str]
    status: int
    status_message: str
    events: list[dict[str, Any]]
    links: list[dict[str, str]]


def span_row(resource: Resource, span: Span) -> Row | None:
    """Return a row of traces, None for a span that is only noise.

    A span that ends before it starts keeps its negative duration: the reader leaves it out and says so.

    Raises:
        BadRecordError: ids or start time are not valid.
    """
    if is_asgi_noise(span.name, span.kind):
        return None
    start = valid_time(span.start_ns)
    return (
        valid_id(span.trace_id, 32),
        valid_id(span.span_id, 16),
        optional_id(span.parent_span_id, 16),
        resource.service,
        span.name,
        start,
        min(span.end_ns, _MAX_NS) - start,
        resource.pod,
        STATUSES[span.status] if 0 <= span.status <= 2 else "UNSET",
        KINDS[span.kind] if 0 <= span.kind <= 5 else "",
        span.status_message or None,
        peer_of(span.attributes) if span.kind in _CALLERS else None,
        span.attributes,
        resource.attributes,
        orjson.dumps(span.events, default=str).decode() if span.events else None,
        orjson.dumps(span.links).decode() if span.links else None,
    )


class LogRecord(NamedTuple):
    """One log record, decoded. `time_ns` is when it happened, `observed_ns` when it was collected."""

    time_ns: int
    observed_ns: int
    severity_number: int
    severity_text: str
    body: Any
    attributes: dict[str, str]
    trace_id: str
    span_id: str
    event_name: str


def log_row(resource: Resource, record: LogRecord, received_ns: int) -> Row:
    """Return a row of logs.

    Args:
        resource: who sent it.
        record: the record.
        received_ns: stands in when the record has no time of its own; 0 when unknown.

    Raises:
        BadRecordError: no time is known.
    """
    attributes = record.attributes
    if record.event_name:
        attributes.setdefault("event.name", record.event_name)
    body = text_of(record.body) or attributes.get("exception.message") or attributes.get("event.name", "")
    return (
        valid_time(record.time_ns or record.observed_ns or received_ns),
        resource.service,
        body,
        resource.pod,
        record.severity_text or severity_of(record.severity_number),
        optional_id(record.trace_id, 32),
        optional_id(record.span_id, 16),
        attributes,
        resource.attributes,
    )


class Point(NamedTuple):
    """One metric point, decoded. `value` is None where a distribution has no observation."""

    time_ns: int
    start_ns: int
    attributes: dict[str, str]
    value: float | None
    observations: float | None = None
    total: float | None = None
    bucket_counts: list[float] | None = None
    explicit_bounds: list[float] | None = None


class Instrument(NamedTuple):
    """What all points of one metric share. `temporality` is OTLP's number."""

    name: str
    unit: str
    type: str
    temporality: int
    monotonic: bool | None


def point_row(resource: Resource, metric: Instrument, point: Point) -> Row:
    """Return a row of metrics; a value that is not finite is stored as missing.

    Raises:
        BadRecordError: the point has no valid time, or the metric has no name.
    """
    if not metric.name:
        raise BadRecordError("a metric has no name")
    return (
        valid_time(point.time_ns) / 1e9,
        resource.metric_subject,
        metric.name,
        finite(point.value),
        resource.pod,
        peer_of(point.attributes) if ".client." in metric.name else None,
        metric.type,
        metric.unit or None,
        TEMPORALITIES[metric.temporality] if 0 <= metric.temporality <= 2 else "",
        metric.monotonic,
        point.start_ns if 0 < point.start_ns <= _MAX_NS else None,
        point.attributes,
        point.observations,
        finite(point.total),
        point.bucket_counts,
        point.explicit_bounds,
        resource.attributes,
    )


def finite(value: float | None) -> float | None:
    """Return a number, None for NaN and infinities."""
    return value if value is not None and abs(value) <= _MAX_FLOAT else None
