"""OTLP/JSON documents as rows: spans and log records."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tools.otlp.decode import json_values as jv
from tools.otlp.decode.conventions import Resource
from tools.otlp.decode.json_document import child, objects
from tools.otlp.decode.rows import LogRecord, Row, Span, log_row, span_row
from tools.otlp.decode.tally import BadPayloadError, BadRecordError, Signal, Tally

KEYS: dict[Signal, str] = {"traces": "resourceSpans", "logs": "resourceLogs", "metrics": "resourceMetrics"}
"""Signal → the document's key that holds it."""
_KINDS = {
    "SPAN_KIND_INTERNAL": 1,
    "SPAN_KIND_SERVER": 2,
    "SPAN_KIND_CLIENT": 3,
    "SPAN_KIND_PRODUCER": 4,
    "SPAN_KIND_CONSUMER": 5,
}
_STATUSES = {"STATUS_CODE_OK": 1, "STATUS_CODE_ERROR": 2}
_LEVELS = ("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL")
_SEVERITIES = {
    f"SEVERITY_NUMBER_{level}{step or ''}": index * 4 + 1 + max(step - 1, 0)
    for index, level in enumerate(_LEVELS)
    for step in (0, 2, 3, 4)
}


def batches(document: dict[str, Any], signal: Signal, tally: Tally) -> Iterator[tuple[Resource, list[dict[str, Any]]]]:
    """Yield each resource of a document with the scopes under it.

    A malformed batch counts as one unusable record, because nobody can tell how many it holds.

    Raises:
        BadPayloadError: the document's own list is malformed.
    """
    key = KEYS[signal]
    try:
        found = objects(document, key)
    except BadRecordError as error:
        raise BadPayloadError(str(error)) from error
    for batch in found:
        try:
            resource = Resource.of(jv.attributes(child(batch, "resource")))
            yield resource, objects(batch, key.replace("resource", "scope"))
        except BadRecordError as error:
            tally.refuse(signal, str(error))


def records(scope: dict[str, Any], key: str, signal: str, tally: Tally) -> list[dict[str, Any]]:
    """Return the records of a scope; malformed ones count as unusable."""
    try:
        return objects(scope, key)
    except BadRecordError as error:
        found = scope[key]
        if not isinstance(found, list):
            tally.refuse(signal, str(error))
            return []
        good = [item for item in found if isinstance(item, dict)]
        for _ in range(len(found) - len(good)):
            tally.refuse(signal, str(error))
        return good


def span_rows(document: dict[str, Any], tally: Tally) -> Iterator[Row]:
    """Yield rows of the spans in a document; unusable spans go to the tally.

    Raises:
        BadPayloadError: the document's own list is malformed.
    """
    for resource, scopes in batches(document, "traces", tally):
        for scope in scopes:
            for span in records(scope, "spans", "traces", tally):
                try:
                    row = span_row(resource, _span(span))
                except BadRecordError as error:
                    tally.refuse("traces", str(error))
                    continue
                if row is None:
                    tally.noise += 1
                else:
                    yield row


def log_rows(document: dict[str, Any], tally: Tally, received_ns: int) -> Iterator[Row]:
    """Yield rows of the log records in a document; unusable ones go to the tally.

    Raises:
        BadPayloadError: the document's own list is malformed.
    """
    for resource, scopes in batches(document, "logs", tally):
        for scope in scopes:
            for record in records(scope, "logRecords", "logs", tally):
                try:
                    yield log_row(resource, _log(record), received_ns)
                except BadRecordError as error:
                    tally.refuse("logs", str(error))


def _span(span: dict[str, Any]) -> Span:
    get = span.get
    status = child(span, "status")
    return Span(
        jv.hex_id(get("traceId")),
        jv.hex_id(get("spanId")),
        jv.hex_id(get("parentSpanId")),
        jv.string(get("name")),
        jv.enum(get("kind"), _KINDS),
        jv.whole(get("startTimeUnixNano")),
        jv.whole(get("endTimeUnixNano")),
        jv.attributes(span),
        jv.enum(status.get("code"), _STATUSES),
        jv.string(status.get("message")),
        [_event(event) for event in objects(span, "events")],
        [_link(link) for link in objects(span, "links")],
    )


def _event(event: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": jv.string(event.get("name")),
        "time_unix_nano": jv.whole(event.get("timeUnixNano")),
        "attributes": jv.attributes(event),
    }


def _link(link: dict[str, Any]) -> dict[str, str]:
    return {"trace_id": jv.hex_id(link.get("traceId")), "span_id": jv.hex_id(link.get("spanId"))}


def _log(record: dict[str, Any]) -> LogRecord:
    get = record.get
    return LogRecord(
        jv.whole(get("timeUnixNano")),
        jv.whole(get("observedTimeUnixNano")),
        jv.enum(get("severityNumber"), _SEVERITIES),
        jv.string(get("severityText")),
        jv.plain(get("body")),
        jv.attributes(record),
        jv.hex_id(get("traceId")),
        jv.hex_id(get("spanId")),
        jv.string(get("eventName")),
    )
