"""What the model is told first: symptom, hypotheses, the evidence about them, who calls whom. All of it fenced."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from agent.argument.fence import fence
from agent.schema import Hypothesis
from tools.evidence import Evidence, EvidenceKind, facts_of
from tools.redact import redact, redact_model
from tools.sources.rows import Call
from tools.window import Scope, to_datetime

LEADING = 3
EVIDENCE, CHANGES = 16, 6
"""Pieces of evidence told in all, and of changes."""
PER_HYPOTHESIS = (5, 3, 2)
"""Pieces of evidence told for the first hypothesis, the second and the third."""
AGAINST = 2
STATEMENT, QUOTE = 180, 160
NAMES = 40


@dataclass(frozen=True, slots=True)
class CaseView:
    """What a digest is made of. `about` are ids of evidence that must be told, because a question is about them."""

    symptom: str
    question: str
    scope: Scope
    hypotheses: Sequence[Hypothesis]
    evidence: Sequence[Evidence]
    graph: Sequence[Call]
    services: Sequence[str]
    about: Collection[str] = ()


def digest(case: CaseView) -> str:
    """Return the first message. Secrets go before anything is cut: one without its end cannot be recognised."""
    case = replace(case, evidence=[redact_model(item) for item in case.evidence], symptom=redact(case.symptom).text)
    incident = case.scope.incident
    leading = [h for h in case.hypotheses[:LEADING] if not h.rejected]
    told = _chosen(case, leading)
    parts = [
        ("Symptom", case.symptom or "none was given"),
        ("Question of the engineer", case.question),
        ("Incident window (UTC)", f"{to_datetime(incident.start_ns):%T}..{to_datetime(incident.end_ns):%T}"),
        ("Hypotheses of statistics", "\n".join(_hypothesis(h, {e.id for e in told}) for h in leading) or "none"),
        ("Evidence", "\n".join(_evidence(item) for item in told) or "none"),
        ("Calls", _calls(case.graph)),
        ("Services", ", ".join(_services(case, leading, told))),
    ]
    return "\n".join(f"{head}:\n{fence(text)}" for head, text in parts if text)


def _services(case: CaseView, leading: Sequence[Hypothesis], told: Sequence[Evidence]) -> list[str]:
    """Return as many names as there is room for; of a large system those that the evidence is about."""
    near = {h.component for h in leading} | {name for e in told for name in (e.subject.service, e.subject.peer)}
    first = sorted(near & set(case.services))
    kept = {*first, *[name for name in case.services if name not in near][: max(0, NAMES - len(first))]}
    return [name for name in case.services if name in kept]


def _chosen(case: CaseView, leading: Sequence[Hypothesis]) -> list[Evidence]:
    """Return what a question is about, evidence for and against the leading hypotheses, and the nearest changes."""
    wanted: dict[str, None] = {}
    for hypothesis, most in zip(leading, PER_HYPOTHESIS, strict=False):
        wanted.update(dict.fromkeys((*hypothesis.supports[:most], *hypothesis.contradicts[:AGAINST])))
    changes = [item.id for item in case.evidence if item.kind is EvidenceKind.CHANGE][:CHANGES]
    chosen = {*list(wanted)[: EVIDENCE - len(changes)], *changes, *case.about}
    return [item for item in case.evidence if item.id in chosen]


def _hypothesis(hypothesis: Hypothesis, told: set[str]) -> str:
    cited = [ref for ref in hypothesis.supports if ref in told][: PER_HYPOTHESIS[0]]
    where = f"{hypothesis.component} {hypothesis.operation}".strip()
    share = f"{hypothesis.confidence * 100:.0f} %"
    return f"{hypothesis.rank}. {where}: {hypothesis.fault_kind.value}, {share}, for it {', '.join(cited) or 'nothing'}"


def _evidence(item: Evidence) -> str:
    facts = facts_of(item)
    what = facts[0].quantity.value if facts else "says" if item.samples else item.kind.value
    onset = f", from {item.onset:%H:%M:%S}" if item.onset else ""
    line = f"{item.id} [{what}] {item.statement[:STATEMENT]}{onset}"
    if item.kind in {EvidenceKind.TOOL_RESULT, EvidenceKind.LOG_NEW} and item.samples:
        example = " ".join(item.samples[0].text[:QUOTE].split())
        line += "" if example in item.statement[:STATEMENT] else f"; for example: {example}"
    return line


def _calls(graph: Sequence[Call]) -> str:
    """Return the busiest calls, a line a caller."""
    busiest = sorted((c for c in graph if c.caller != c.callee), key=lambda c: (-c.calls, c.caller, c.callee))
    callees: dict[str, list[str]] = {}
    for call in busiest[:NAMES]:
        callees.setdefault(call.caller, []).append(call.callee)
    return "\n".join(f"{caller} → {', '.join(names)}" for caller, names in callees.items())
