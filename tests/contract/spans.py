"""The spans of an incident folder as other systems write them."""

from __future__ import annotations

import base64
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from tools.window import TimeWindow


@dataclass(frozen=True)
class StoredSpan:
    """One span of a folder."""

    trace: str
    id: str
    parent: str
    service: str
    name: str
    start_ns: int
    duration_ns: int
    status: str
    kind: str
    message: str
    attributes: dict[str, str]
    resource: dict[str, str]


def stored_traces(folder: Path) -> dict[str, list[StoredSpan]]:
    """Return the spans of a folder by trace."""
    rows = duckdb.execute(
        "SELECT trace_id, span_id, coalesce(parent_span_id, ''), service, operation, start_unix_nano, duration_ns, "
        "coalesce(status, ''), coalesce(kind, ''), coalesce(status_message, ''), attributes, resource "
        f"FROM '{folder}/traces.parquet' ORDER BY start_unix_nano"
    ).fetchall()
    traces: dict[str, list[StoredSpan]] = defaultdict(list)
    for row in rows:
        values: list[Any] = [*row[:-2], dict(row[-2] or {}), dict(row[-1] or {})]
        span = StoredSpan(*values)
        traces[span.trace].append(span)
    return dict(traces)


def begins_in(spans: list[StoredSpan], window: TimeWindow) -> bool:
    """Tell whether a trace begins in a window."""
    return window.contains(min(span.start_ns for span in spans))


def as_jaeger(spans: list[StoredSpan]) -> dict[str, Any]:
    """Return a trace as Jaeger's query API does: microseconds, processes apart, status as tags."""
    keys: dict[str, str] = {}
    processes: dict[str, Any] = {}
    for span in spans:
        if span.service not in keys:
            keys[span.service] = f"p{len(keys) + 1}"
            tags = _tags({k: v for k, v in span.resource.items() if k != "service.name"})
            processes[keys[span.service]] = {"serviceName": span.service, "tags": tags}
    return {
        "traceID": spans[0].trace,
        "processes": processes,
        "spans": [_jaeger_span(span, keys[span.service]) for span in spans],
        "warnings": None,
    }


def _jaeger_span(span: StoredSpan, process: str) -> dict[str, Any]:
    reference = {"refType": "CHILD_OF", "traceID": span.trace, "spanID": span.parent}
    tags = _tags({"span.kind": span.kind, **span.attributes})
    if span.status.endswith("ERROR"):
        tags += [{"key": "error", "type": "bool", "value": True}]
        tags += _tags({"otel.status_code": "ERROR", "otel.status_description": span.message})
    return {
        "traceID": span.trace,
        "spanID": span.id,
        "operationName": span.name,
        "references": [reference] if span.parent else [],
        "startTime": span.start_ns // 1000,
        "duration": span.duration_ns // 1000,
        "tags": tags,
        "logs": [],
        "processID": process,
        "warnings": None,
    }


def _tags(pairs: dict[str, str]) -> list[dict[str, Any]]:
    return [{"key": key, "type": "string", "value": value} for key, value in pairs.items()]


def as_otlp(spans: Iterable[StoredSpan]) -> list[dict[str, Any]]:
    """Return spans as Tempo's `resourceSpans`: OTLP with ids in base64."""
    return [
        {
            "resource": {"attributes": _attributes(span.resource)},
            "scopeSpans": [{"scope": {"name": "shop"}, "spans": [_otlp_span(span)]}],
        }
        for span in spans
    ]


def _otlp_span(span: StoredSpan) -> dict[str, Any]:
    code = {"ERROR": "STATUS_CODE_ERROR", "OK": "STATUS_CODE_OK"}.get(span.status)
    return {
        "traceId": _base64(span.trace),
        "spanId": _base64(span.id),
        **({"parentSpanId": _base64(span.parent)} if span.parent else {}),
        "name": span.name,
        "kind": f"SPAN_KIND_{span.kind.upper()}",
        "startTimeUnixNano": str(span.start_ns),
        "endTimeUnixNano": str(span.start_ns + span.duration_ns),
        "attributes": _attributes(span.attributes),
        "status": {"code": code, "message": span.message} if code else {},
    }


def _base64(digits: str) -> str:
    return base64.b64encode(bytes.fromhex(digits)).decode()


def _attributes(pairs: dict[str, str]) -> list[dict[str, Any]]:
    return [{"key": key, "value": {"stringValue": value}} for key, value in pairs.items()]
