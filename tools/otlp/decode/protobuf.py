"""Protobuf payloads as rows: spans and log records."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from google.protobuf.message import DecodeError

from tools.otlp.decode import views
from tools.otlp.decode.conventions import Resource
from tools.otlp.decode.rows import LogRecord, Row, Span, log_row, span_row
from tools.otlp.decode.tally import BadPayloadError, BadRecordError, Tally
from tools.otlp.decode.values import AttributeCache, plain

_BROKEN = "a part is not protobuf"
ATTRIBUTES = AttributeCache()
_SHORT_STATUS = 2
_STATUS: dict[bytes, tuple[int, str]] = {b"": (0, "")}


def parse(signal: str, body: bytes) -> Any:
    """Return the view of a payload.

    Raises:
        BadPayloadError: it is not protobuf of this signal.
    """
    try:
        return views.DATA[signal].FromString(body)
    except DecodeError as error:
        raise BadPayloadError(f"not an OTLP {signal} message in protobuf") from error


def span_rows(data: Any, tally: Tally) -> Iterator[Row]:
    """Yield rows of a TracesData view; unusable spans go to the tally."""
    for batch in data.resource_spans:
        resource = resource_of(batch)
        for scope in batch.scope_spans:
            for span in scope.spans:
                try:
                    row = span_row(resource, _span(span))
                except (BadRecordError, DecodeError) as error:
                    tally.refuse("traces", reason_of(error))
                    continue
                if row is None:
                    tally.noise += 1
                else:
                    yield row


def log_rows(data: Any, tally: Tally, received_ns: int) -> Iterator[Row]:
    """Yield rows of a LogsData view; unusable records go to the tally."""
    for batch in data.resource_logs:
        resource = resource_of(batch)
        for scope in batch.scope_logs:
            for record in scope.log_records:
                try:
                    yield log_row(resource, _log(record), received_ns)
                except (BadRecordError, DecodeError) as error:
                    tally.refuse("logs", reason_of(error))


def resource_of(batch: Any) -> Resource:
    """Return who sent a batch; unknown when its resource is not protobuf."""
    try:
        return Resource.of(ATTRIBUTES.decode(batch.resource.attributes))
    except DecodeError:
        return Resource.of({})


def reason_of(error: Exception) -> str:
    """Return why a record is unusable."""
    return _BROKEN if isinstance(error, DecodeError) else str(error)


def text(raw: bytes) -> str:
    """Return text as bytes as text; what is not UTF-8 shows as a replacement character."""
    return raw.decode("utf-8", "replace")


def _span(span: Any) -> Span:
    status, message = _STATUS.get(span.status) or _decode_status(span.status)
    return Span(
        span.trace_id.hex(),
        span.span_id.hex(),
        span.parent_span_id.hex(),
        span.name.decode("utf-8", "replace"),
        span.kind,
        span.start_time_unix_nano,
        span.end_time_unix_nano,
        ATTRIBUTES.decode(span.attributes),
        status,
        message,
        [_event(raw) for raw in span.events[:]],
        [_link(raw) for raw in span.links[:]],
    )


def _decode_status(raw: bytes) -> tuple[int, str]:
    status = views.SpanStatus.FromString(raw)
    found = (status.code, text(status.message))
    if len(raw) <= _SHORT_STATUS:
        _STATUS[raw] = found
    return found


def _event(raw: bytes) -> dict[str, Any]:
    event = views.SpanEvent.FromString(raw)
    return {
        "name": text(event.name),
        "time_unix_nano": event.time_unix_nano,
        "attributes": ATTRIBUTES.decode(event.attributes),
    }


def _link(raw: bytes) -> dict[str, str]:
    link = views.SpanLink.FromString(raw)
    return {"trace_id": link.trace_id.hex(), "span_id": link.span_id.hex()}


def _log(record: Any) -> LogRecord:
    return LogRecord(
        record.time_unix_nano,
        record.observed_time_unix_nano,
        record.severity_number,
        text(record.severity_text),
        plain(record.body),
        ATTRIBUTES.decode(record.attributes),
        record.trace_id.hex(),
        record.span_id.hex(),
        text(record.event_name),
    )
