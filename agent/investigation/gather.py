"""Gather: for the leading hypotheses, the query that the playbook of their fault kind asks next.

Without a model this is one look per hypothesis: an example of the suspected operation in the incident
beside a typical one from the baseline, and the alarming log lines of the component. A model, if there is one,
goes on from there.
"""

from __future__ import annotations

from agent.investigation.state import Context, State, dump, evidence_of, hypotheses_of, scope_of
from agent.schema import Hypothesis, Steering
from tools.analysers.base import milliseconds
from tools.analysers.log_templates import ALARMING
from tools.evidence import Evidence, EvidenceKind, Sample, Subject, onset_of
from tools.sources import LogSource, TraceSource
from tools.sources.rows import LogRow, SpanRow
from tools.window import Scope

LEADING = 3
"""Hypotheses looked into; the fourth is hardly ever the cause."""
LINES = 200
"""Log lines read per component in search of alarming ones."""


def gather(state: State, context: Context) -> State:
    """Add what a look at the leading hypotheses shows, as evidence with ids of its own."""
    evidence, scope = evidence_of(state), scope_of(state)
    known, failures = len(evidence), state.get("failures", [])
    looked: list[Hypothesis] = []
    for hypothesis in hypotheses_of(state):
        wanted = leads(hypothesis, context.incident.steering)
        if wanted and context.watch.stopped:
            failures = [*failures, f"gather: stopped before {hypothesis.component} was looked into"]
        found = look(hypothesis, context, scope) if wanted and not context.watch.stopped else []
        cited = [known_or_added(item, evidence, known) for item in found]
        looked.append(hypothesis.model_copy(update={"supports": tuple(dict.fromkeys((*hypothesis.supports, *cited)))}))
        context.progress("gather", hypothesis.component)
    update: State = {"evidence": dump(evidence), "hypotheses": dump(looked), "failures": failures}
    if context.model is None or context.watch.stopped:
        return update
    from agent.investigation.argue import argue

    so_far: State = {**state, **update}
    return {**update, **argue(so_far, context)}


def leads(hypothesis: Hypothesis, steering: Steering) -> bool:
    """Tell whether a hypothesis is looked into: it leads or is pinned, and nobody has ruled it out."""
    near = hypothesis.rank <= LEADING or hypothesis.component in steering.pinned
    return near and not hypothesis.rejected


def known_or_added(item: Evidence, evidence: list[Evidence], known: int) -> str:
    """Return the id of a finding, adding it unless the first `known` ones, of an earlier look, have the same."""
    for earlier in evidence[:known]:
        if (earlier.kind, earlier.statement) == (item.kind, item.statement):
            return earlier.id
    evidence.append(item.model_copy(update={"id": f"E{len(evidence) + 1}"}))
    return evidence[-1].id


def look(hypothesis: Hypothesis, context: Context, scope: Scope) -> list[Evidence]:
    """Return what one look at a hypothesis shows; nothing when the signals are missing."""
    telemetry = context.telemetry
    found = []
    if telemetry.traces is not None and hypothesis.operation:
        found.append(example_pair(telemetry.traces, scope, hypothesis))
    if telemetry.logs is not None:
        found.append(alarming_lines(telemetry.logs, scope, hypothesis.component))
    return [item for item in found if item is not None]


def example_pair(traces: TraceSource, scope: Scope, hypothesis: Hypothesis) -> Evidence | None:
    """Return the worst span of the suspected operation beside a typical one of the baseline."""
    subject = Subject(kind="operation", service=hypothesis.component, operation=hypothesis.operation)
    worst = traces.examples(scope.incident, subject.service, subject.operation, "failed", 1)
    typical = traces.examples(scope.baseline[-1], subject.service, subject.operation, "median", 1)
    if not (worst and typical):
        return None
    now, before = worst[0], typical[0]
    return Evidence(
        kind=EvidenceKind.TOOL_RESULT,
        subject=subject,
        statement=f"{'worst' if _failed(now) else 'slowest'} span of {subject.label()} in the incident: {_span(now)}; "
        f"a typical one before: {_span(before)}",
        onset=onset_of(now.start_ns),
        query=traces.query("failed" if _failed(now) else "slowest", scope, subject),
        samples=tuple(Sample(kind="trace", ref=r.trace_id, text=_span(r), times=(r.start_ns,)) for r in (now, before)),
    )


def _failed(row: SpanRow) -> bool:
    return row.status.upper().endswith("ERROR")


def _span(row: SpanRow) -> str:
    """Return the duration, and the status where it is an error: UNSET and OK tell a reader nothing."""
    status = f", status {row.status}" if _failed(row) else ""
    message = f" “{row.status_message[:120]}”" if row.status_message else ""
    return f"{milliseconds(row.duration_ns)}{status}{message}"


def alarming_lines(logs: LogSource, scope: Scope, component: str) -> Evidence | None:
    """Return the first alarming log lines of a component in the incident, None when there are none."""
    rows = [row for row in logs.search(scope.incident, component, "", LINES) if row.severity.upper() in ALARMING]
    if not rows:
        return None
    subject = Subject(kind="service", service=component)
    return Evidence(
        kind=EvidenceKind.TOOL_RESULT,
        subject=subject,
        statement=f"{component} logged {len(rows)} alarming lines among its first {LINES} of the incident",
        onset=onset_of(rows[0].time_ns),
        query=logs.query("search", scope, subject),
        samples=tuple(_line(row) for row in rows[:3]),
    )


def _line(row: LogRow) -> Sample:
    return Sample(kind="log", ref=row.trace_id, text=f"{row.severity} {row.body[:500]}", times=(row.time_ns,))
