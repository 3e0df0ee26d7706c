"""The tools `latency`, `find_traces`, `trace` and `critical_path`."""

from __future__ import annotations

import shlex
from typing import Literal

from agent.toolbox.bench import Bench, existing
from agent.toolbox.numbers import fact, facts_line, share
from agent.toolbox.tool import Arguments, Found, Line, Tool
from tools.errors import InputError
from tools.evidence import Quantity, Sample, Subject
from tools.names import quoted
from tools.paths import critical_path
from tools.sources import TraceSource
from tools.sources.rows import EdgeStats, OperationStats, SpanRow, Spread, Two
from tools.units import amount

FOUND = 10
"""Traces named by one search."""


class OneOperation(Arguments):
    """A service, perhaps narrowed to an operation."""

    service: str
    operation: str = ""


class Search(OneOperation):
    """Which traces."""

    order: Literal["slowest", "failed", "median"] = "slowest"


class OneTrace(Arguments):
    """A trace."""

    trace_id: str


def latency(bench: Bench, arguments: OneOperation) -> Found:
    """Return self-time, duration and errors of a service's operations, then time on the way to and from it."""
    traces, service, operation = _narrowed(bench, arguments)
    own = [o for o in traces.operations(bench.scope) if o.service == service and operation in ("", o.operation)]
    wire = [e for e in traces.edges(bench.scope) if service in (e.service, e.peer) and operation in ("", e.operation)]
    lines = [_operation(stats) for stats in sorted(own, key=lambda o: -abs(o.excess))]
    lines += [_edge(stats) for stats in sorted(wire, key=lambda e: -abs(e.excess))]
    subject = Subject(kind="operation", service=service, operation=operation)
    query = traces.query("operations", bench.scope, subject)
    title = f"latency and errors of {subject.label()}"
    return Found(title=title, subject=subject, lines=tuple(line for line in lines if line.text), query=query)


def _operation(stats: OperationStats) -> Line:
    subject = Subject(kind="operation", service=stats.service, operation=stats.operation)
    spans = Two(stats.total.baseline.n, stats.total.incident.n)
    facts = [
        fact(Quantity.SELF_TIME, subject, _quantile(stats.own, "p50"), "ns", "p50"),
        fact(Quantity.SELF_TIME, subject, _quantile(stats.own, "p90"), "ns", "p90"),
        fact(Quantity.DURATION, subject, _quantile(stats.total, "p90"), "ns", "p90"),
        fact(Quantity.ERRORS, subject, share(stats.errors, spans), "%"),
    ]
    return facts_line(facts)


def _edge(stats: EdgeStats) -> Line:
    subject = Subject(kind="edge", service=stats.service, peer=stats.peer, operation=stats.operation)
    return facts_line([fact(Quantity.EDGE_TIME, subject, _quantile(stats.gap, "p90"), "ns", "p90")])


def _quantile(spread: Two[Spread], name: str) -> Two[float]:
    return Two(getattr(spread.baseline, name), getattr(spread.incident, name))


def find_traces(bench: Bench, arguments: Search) -> Found:
    """Return spans of the incident window with the ids of their traces."""
    traces, service, operation = _narrowed(bench, arguments)
    rows = traces.examples(bench.scope.incident, service, operation, arguments.order, FOUND)
    if arguments.order == "failed":
        rows = [row for row in rows if row.status.upper().endswith("ERROR")]
    subject = Subject(kind="operation", service=service, operation=operation)
    title = f"{arguments.order} spans of {subject.label()} in the incident window"
    query = traces.query(arguments.order, bench.scope, subject)
    return Found(title=title, subject=subject, lines=tuple(_span_line(row) for row in rows), query=query)


def _span_line(row: SpanRow) -> Line:
    text = f"{row.operation} took {_span_words(row)}"
    sample = Sample(kind="trace", ref=row.trace_id, text=text, times=(row.start_ns,))
    return Line(text=f"trace {row.trace_id}: {text}", samples=(sample,))


def _span_words(row: SpanRow) -> str:
    said = f" {quoted(row.status_message)}" if row.status_message else ""
    return f"{amount(row.duration_ns, 'ns')}, status {row.status or 'UNSET'}{said}"


def one_trace(bench: Bench, arguments: OneTrace) -> Found:
    """Return a trace as a tree; depth is shown by dashes."""
    from agent.show.spans import span_tree

    nodes, notes = span_tree(_spans(bench, arguments.trace_id))
    lines = [
        Line(
            text=f"{'- ' * min(node.depth, 12)}{node.span.service} {node.span.operation}: "
            f"{_span_words(node.span)}, self {amount(node.own_ns, 'ns')}"
        )
        for node in nodes
    ]
    return _trace_found(bench, f"trace {arguments.trace_id}", arguments, [*lines, *(Line(text=note) for note in notes)])


def critical(bench: Bench, arguments: OneTrace) -> Found:
    """Return the spans that a request waited for, those it waited for longest first."""
    lines = [
        Line(text=f"{stretch.span.service} {stretch.span.operation}: {amount(stretch.own_ns, 'ns')} on the path")
        for stretch in critical_path(_spans(bench, arguments.trace_id))
    ]
    return _trace_found(bench, f"critical path of trace {arguments.trace_id}", arguments, lines)


def _trace_found(bench: Bench, title: str, arguments: OneTrace, lines: list[Line]) -> Found:
    query = shlex.join(["whydown", "show", str(bench.folder), "traces", "--trace", arguments.trace_id])
    return Found(title=title, subject=Subject(kind="system"), lines=tuple(lines), query=query)


def _spans(bench: Bench, trace_id: str) -> list[SpanRow]:
    spans = _source(bench).trace(trace_id)
    if not spans:
        raise InputError(f"no trace {trace_id[:60]!r}", "find ids with find_traces")
    return spans


def _narrowed(bench: Bench, arguments: OneOperation) -> tuple[TraceSource, str, str]:
    traces, service = _source(bench), bench.service(arguments.service)
    if not arguments.operation:
        return traces, service, ""
    known = {o.operation for o in traces.operations(bench.scope) if o.service == service}
    known |= {e.operation for e in traces.edges(bench.scope) if service in (e.service, e.peer)}
    return traces, service, existing("operation", arguments.operation, sorted(known))


def _source(bench: Bench) -> TraceSource:
    assert bench.telemetry.traces is not None
    return bench.telemetry.traces


def _there(bench: Bench) -> bool:
    return bench.telemetry.traces is not None


TOOLS = (
    Tool(
        "latency",
        "Self-time, duration, errors and network time of a service's operations, baseline against incident.",
        OneOperation,
        latency,
        _there,
    ),
    Tool("find_traces", "Ids of slow, failed or typical traces of a service.", Search, find_traces, _there),
    Tool("trace", "One trace as a tree with self-times.", OneTrace, one_trace, _there, "trace"),
    Tool("critical_path", "What the request of a trace waited for.", OneTrace, critical, _there, "trace"),
)
