"""Verify and complete: causal chains, what contradicts, what is missing, who owns it."""

from __future__ import annotations

from agent.investigation.state import Context, State, dump, evidence_of, hypotheses_of, scope_of
from agent.ranking import about, causal_chain, worth_showing
from agent.schema import Hypothesis
from tools.evidence import Evidence, EvidenceKind
from tools.faults import FaultFamily
from tools.owners import owner_of
from tools.sources.rows import Call
from tools.window import NS

CONTRADICTING = 4
"""Pieces of contradicting evidence cited per hypothesis."""


def verify(state: State, context: Context) -> State:
    """Complete every hypothesis that will be shown, and drop the others."""
    evidence, scope = evidence_of(state), scope_of(state)
    graph = topology_of(state, context)
    hypotheses, update = hypotheses_of(state), State()
    if state.get("draft"):
        from agent.investigation.argue import judge_draft

        hypotheses, update = judge_draft(state, context, graph)
    shown = worth_showing(hypotheses, context.settings.ranking.hypotheses, context.incident.steering)
    finished = [complete(item, evidence, graph, scope.bucket_ns / NS, context) for item in shown]
    return {**update, "hypotheses": dump(finished)}


def topology_of(state: State, context: Context) -> list[Call]:
    """Return the call graph: from spans, else as it came with the incident, else as far as metrics tell of calls."""
    traces = context.telemetry.traces
    seen = traces.topology(scope_of(state)) if traces is not None else []
    told = [Call(caller, callee, 1) for caller, callee in state.get("edges", [])]
    return seen or list(context.telemetry.graph) or told


def complete(
    hypothesis: Hypothesis, evidence: list[Evidence], graph: list[Call], slack_s: float, context: Context
) -> Hypothesis:
    """Return a hypothesis with chain, contradictions, gaps and owner."""
    component = hypothesis.component
    traces = context.telemetry.traces
    resource = traces.resource(component) if traces is not None else {}
    return hypothesis.model_copy(
        update={
            "chain": tuple(causal_chain(component, graph, evidence, slack_s)),
            "contradicts": (
                *hypothesis.contradicts,
                *(item.id for item in contradictions(hypothesis, evidence, graph)),
            ),
            "missing": tuple(gaps(hypothesis, evidence, context)),
            "owner": owner_of(component, context.settings.owners, resource, context.settings.codeowners),
        }
    )


def contradictions(hypothesis: Hypothesis, evidence: list[Evidence], graph: list[Call]) -> list[Evidence]:
    """Return evidence against: something below the component deviates too, and not later.

    A callee that fails or slows down first may explain all that is seen on its caller.
    """
    component = hypothesis.component
    below = {call.callee for call in graph if call.caller == component and call.callee != component}
    onsets = [e.onset for e in about(component, evidence) if e.id in hypothesis.supports and e.onset]
    first = min(onsets, default=None)
    against = [
        item
        for callee in sorted(below)
        for item in about(callee, evidence)
        if item.subject.service == callee
        and item.kind not in {EvidenceKind.CHANGE, EvidenceKind.LATENCY_TOTAL, EvidenceKind.TRAFFIC}
        and item.subject.kind != "change"
        and item.onset is not None
        and (first is None or item.onset <= first)
    ]
    return sorted(against, key=lambda item: -abs(item.effect))[:CONTRADICTING]


def gaps(hypothesis: Hypothesis, evidence: list[Evidence], context: Context) -> list[str]:
    """Return what would settle the hypothesis but is not there."""
    available = context.telemetry.available()
    absent = [f"{name}: none were given" for name in ("traces", "logs", "metrics") if not available[name]]
    metrics = any(e.kind is EvidenceKind.METRIC_SHIFT for e in about(hypothesis.component, evidence))
    if hypothesis.fault_kind.family is FaultFamily.RESOURCE and available["metrics"] and not metrics:
        absent.append(f"no resource metric of {hypothesis.component} deviates")
    if not any(e.onset for e in evidence if e.id in hypothesis.supports):
        absent.append("no onset could be dated")
    return absent
