"""Single spans and traces: the slowest, the failed, the typical, and one trace as a tree."""

from __future__ import annotations

from dataclasses import replace

from agent.show.request import Filters
from agent.show.spans import Node, span_tree
from agent.show.table import ALL_ROWS, TIME, Column, Table, cut, make, place_of, text, value
from agent.show.traces import source
from tools.errors import InputError
from tools.paths import critical_path
from tools.sources import Telemetry
from tools.sources.protocols import FAILED, Order
from tools.sources.rows import SpanRow
from tools.window import Scope

_SPAN: list[Column[SpanRow]] = [
    text("trace_id", lambda s: s.trace_id, whole=True),
    text("service", lambda s: s.service),
    text("operation", lambda s: s.operation),
    value("start_unix_nano", "start", TIME, lambda s: s.start_ns),
    value("duration_ns", "duration", "ns", lambda s: s.duration_ns),
    text("status", lambda s: s.status),
    text("status_message", lambda s: s.status_message, rank=1),
    text("pod", lambda s: s.pod, rank=2),
]
_NODE: list[Column[Node]] = [
    text("operation", lambda n: f"{n.span.service} {n.span.operation}".strip()),
    value("offset_ns", "begins at", "ns", lambda n: n.offset_ns),
    value("duration_ns", "duration", "ns", lambda n: n.span.duration_ns),
    value("own_ns", "self", "ns", lambda n: n.own_ns),
    value("critical_ns", "on critical path", "ns", lambda n: n.critical_ns or None, rank=1),
    text("status", lambda n: n.span.status),
    text("note", lambda n: n.note),
    text("kind", lambda n: n.span.kind, rank=1),
    text("pod", lambda n: n.span.pod, rank=2),
    text("status_message", lambda n: n.span.status_message, rank=1),
    text("span_id", lambda n: n.span.span_id, rank=2),
    text("service", lambda n: n.span.service, rank=2),
]


def slowest(telemetry: Telemetry, scope: Scope, wanted: Filters) -> Table:
    """Return the slowest spans of a service or operation in the incident window."""
    return _examples("slowest", telemetry, scope, wanted)


def failed(telemetry: Telemetry, scope: Scope, wanted: Filters) -> Table:
    """Return failed spans of a service or operation in the incident window."""
    return _examples("failed", telemetry, scope, wanted)


def median(telemetry: Telemetry, scope: Scope, wanted: Filters) -> Table:
    """Return spans of an operation with a duration near its median."""
    return _examples("median", telemetry, scope, wanted)


def _examples(order: Order, telemetry: Telemetry, scope: Scope, wanted: Filters) -> Table:
    traces = source(telemetry)
    if not wanted.service:
        raise InputError(f"the table {order} needs --service", "known: " + ", ".join(traces.services()[:12]))
    count = wanted.limit + 1 if wanted.limit else ALL_ROWS
    found = traces.examples(scope.incident, wanted.service, wanted.operation, order, count)
    rows = [span for span in found if order not in FAILED or span.status.upper().endswith("ERROR")]
    shown, notes = cut(rows, wanted.limit)
    return make(order, f"{order} spans{place_of(scope)}", _SPAN, shown, scope, notes=notes)


def one_trace(telemetry: Telemetry, scope: Scope, wanted: Filters) -> Table:
    """Return one trace as a tree; windows do not matter.

    Raises:
        InputError: no trace id was given, or there is no such trace.
    """
    if not wanted.trace:
        raise InputError("the table trace needs --trace ID", "find ids with --table slowest --service NAME")
    spans = source(telemetry).trace(wanted.trace)
    if not spans:
        raise InputError(f"no trace {wanted.trace!r}", "find ids with --table slowest --service NAME")
    nodes, notes = span_tree(spans)
    held = {stretch.span.span_id: stretch.own_ns for stretch in critical_path(spans)}
    nodes = [replace(node, critical_ns=held.get(node.span.span_id, 0)) for node in nodes]
    return make("trace", f"trace {wanted.trace}", _NODE, nodes, depths=[n.depth for n in nodes], notes=notes)
