"""Hear: what a person has seen joins the evidence, so that it can be cited, and is told apart from measurements."""

from __future__ import annotations

from agent.investigation.state import Context, State, dump, evidence_of
from agent.schema import Observation
from tools.evidence import Evidence, EvidenceKind, Subject


def hear(state: State, context: Context) -> State:
    """Add the observations that are not yet among the evidence."""
    evidence = evidence_of(state)
    known = {(item.statement, item.subject.service) for item in evidence if item.kind is EvidenceKind.OBSERVATION}
    for seen in context.incident.steering.observations:
        if (seen.text, seen.component) not in known:
            evidence.append(as_evidence(seen, f"E{len(evidence) + 1}", context.run_id))
    return {"evidence": dump(evidence)}


def as_evidence(seen: Observation, evidence_id: str, run_id: str) -> Evidence:
    """Return an observation as evidence. It has no effect size: nothing was measured."""
    subject = Subject(kind="service", service=seen.component) if seen.component else Subject(kind="system")
    return Evidence(
        id=evidence_id,
        kind=EvidenceKind.OBSERVATION,
        subject=subject,
        statement=seen.text,
        query=f"whydown report {run_id} --evidence {evidence_id}",
    )
