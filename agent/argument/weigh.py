"""How statistics and the model's argument are combined: the whole rule.

1. What is not verified moves nothing: neither prose, nor a struck claim, nor a cause that rests on one.
2. Claims about telemetry, and about a record that names its component, explain and move nothing either: statistics
   have weighed those already.
3. What statistics cannot see is a cause in code or configuration that was read in a change. It counts when
   (a) all claims that it rests on hold, (b) one of them quotes a change of that component, (c) a record says when
   that change went live, (d) the component deviates, or a caller of it that a verified causal claim names, and
   (e) the change went live as near before that deviation as statistics ask of any change, `TAKES_EFFECT_S`: most
   changes are innocent, and a model that quotes an innocent one truly must not be believed.
4. Such a cause adds to the confidence c of its component `MOST` times 1 - c, and its fault kind stands in place of
   the one that statistics guessed. A component without a hypothesis enters with `MOST`.
5. Where statistics say that probably nothing is at fault, nothing is added. A component that a person has ruled
   out stays ruled out. Together confidences stay at one at most.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agent.claims import Answer, Claim, Known, Proposal
from agent.claims.check import DEVIATING
from agent.claims.claim import MOST_PROPOSALS, Predicate
from agent.claims.quote import belongs_to, is_change, says
from agent.ranking.collect import AFTER_ONSET_S, TAKES_EFFECT_S
from agent.schema import Checked, Hypothesis, Suggested
from tools.evidence import Evidence, EvidenceKind
from tools.faults import FaultFamily, FaultKind, playbook
from tools.names import named, quoted

MOST = 0.1
"""Confidence that a verified cause adds: enough to settle a close race, not to overturn a clear one."""
_FAMILIES = frozenset({FaultFamily.CODE, FaultFamily.CONFIGURATION})


class _NotCountedError(Exception):
    """A proposed cause does not count; the message says why."""


@dataclass(frozen=True, slots=True)
class Case:
    """What proposals are weighed against; `nothing` is the probability that nothing is at fault."""

    known: Known
    hypotheses: Sequence[Hypothesis]
    nothing: float = 0.0


def weigh_argument(answer: Answer, checked: Sequence[Checked], case: Case) -> tuple[list[Hypothesis], list[Suggested]]:
    """Return the hypotheses, best first, after what the argument may move, and what became of each proposal."""
    hypotheses: list[Hypothesis] = list(case.hypotheses)
    suggested: list[Suggested] = []
    for proposal in answer.hypotheses[:MOST_PROPOSALS]:
        refs = tuple(f"C{number}" for number in proposal.claims[:12])
        kind = _kind(proposal)
        try:
            reading = _counted(proposal, answer, checked, case)
            if any(item.outcome != "struck" and item.component == proposal.component for item in suggested):
                raise _NotCountedError("another cause of it was counted already")
        except _NotCountedError as reason:
            name = named(proposal.component) if proposal.component else "nobody"
            suggested.append(
                Suggested(component=name, fault_kind=kind, claims=refs, outcome="struck", reason=str(reason))
            )
            continue
        outcome, moved = _enter(hypotheses, proposal.component, kind, reading)
        suggested.append(
            Suggested(component=proposal.component, fault_kind=kind, claims=refs, outcome=outcome, moved=moved)
        )
    counted = any(item.outcome != "struck" for item in suggested)
    return _in_order(hypotheses) if counted else hypotheses, suggested


def _kind(proposal: Proposal) -> FaultKind:
    known = {kind.value: kind for kind in FaultKind}
    return known.get(proposal.fault_kind, FaultKind.UNKNOWN)


@dataclass(frozen=True, slots=True)
class _Reading:
    """The words that were read, where, and all evidence that the cause rests on."""

    quote: str
    change: Evidence
    cited: tuple[str, ...]


def _counted(proposal: Proposal, answer: Answer, checked: Sequence[Checked], case: Case) -> _Reading:
    """Return what was read of a proposal that counts.

    Raises:
        _NotCountedError: it does not; see rule 3 and 5.
    """
    if _kind(proposal).family not in _FAMILIES:
        raise _NotCountedError("only causes in code or configuration are for a model to add")
    if case.hypotheses and case.nothing > max(h.confidence for h in case.hypotheses):
        raise _NotCountedError("probably nothing is at fault")
    if any(h.component == proposal.component and h.rejected for h in case.hypotheses):
        raise _NotCountedError("a person has ruled it out")
    claims = _claims(proposal, answer, checked)
    reading = _read(proposal.component, claims, case.known)
    begun = _onsets(proposal.component, claims, case.known)
    if not begun:
        raise _NotCountedError(f"nothing that is dated deviates on {named(proposal.component)}")
    assert reading.change.onset is not None
    lead = min(begun) - reading.change.onset.timestamp()
    if lead < -AFTER_ONSET_S:
        raise _NotCountedError("the change went live after the deviation began")
    if lead > TAKES_EFFECT_S:
        raise _NotCountedError(f"the change went live {lead:.0f} s before the deviation began")
    return reading


def _claims(proposal: Proposal, answer: Answer, checked: Sequence[Checked]) -> list[Claim]:
    if not proposal.claims:
        raise _NotCountedError("rests on no claim")
    for number in proposal.claims:
        if not 1 <= number <= len(checked):
            raise _NotCountedError(f"rests on C{number}, which does not exist")
        if not checked[number - 1].verified:
            raise _NotCountedError(f"rests on C{number}, which is struck")
    return [answer.claims[number - 1] for number in dict.fromkeys(proposal.claims)]


def _read(component: str, claims: Sequence[Claim], known: Known) -> _Reading:
    """Return the first quotation of a dated change of a component among claims that hold."""
    refs = tuple(dict.fromkeys(ref for claim in claims for ref in claim.evidence))
    undated = weighed = False
    for claim in claims:
        if claim.predicate != Predicate.SAYS or claim.service != component:
            continue
        for item in (known.evidence[ref] for ref in claim.evidence):
            if is_change(item) and says(item, claim.quote) and belongs_to(item, component, claim.quote):
                if item.kind is EvidenceKind.CHANGE and item.subject.service:
                    weighed = True
                elif item.onset is not None:
                    return _Reading(claim.quote, item, refs)
                else:
                    undated = True
    if weighed:
        raise _NotCountedError("statistics have weighed that record")
    if undated:
        raise _NotCountedError("nothing records when that change went live")
    raise _NotCountedError(f"quotes no change of {named(component) if component else 'nobody'}")


def _onsets(component: str, claims: Sequence[Claim], known: Known) -> list[float]:
    """Return when the component began to deviate, else when those began that it verifiably hurts; Unix seconds."""

    def of(name: str) -> list[float]:
        return [
            item.onset.timestamp()
            for item in known.evidence.values()
            if item.kind in DEVIATING and item.subject.service == name and item.onset and not item.uncertain
        ]

    hurt = [claim.peer for claim in claims if claim.predicate == Predicate.CAUSES and claim.service == component]
    return of(component) or [onset for name in hurt for onset in of(name)]


def _enter(hypotheses: list[Hypothesis], component: str, kind: FaultKind, reading: _Reading) -> tuple[str, float]:
    """Change the component's hypothesis, or add one; return what happened and the confidence added."""
    texts = playbook(kind)
    fill = {"component": component, "operation": component, "peer": ""}
    where = reading.change.subject.name or "a change"
    cause = f"{texts.mechanism.format(**fill)}: {named(where)} reads {quoted(reading.quote)}"
    fields = {
        "fault_kind": kind,
        "cause": cause,
        "origin": "model",
        "next_check": texts.checks[0].format(**fill),
        "remediation": tuple(text.format(**fill) for text in texts.remedies),
    }
    for index, old in enumerate(hypotheses):
        if old.component == component:
            confidence = old.confidence + MOST * (1.0 - old.confidence)
            supports = tuple(dict.fromkeys((reading.change.id, *old.supports, *reading.cited)))
            hypotheses[index] = old.model_copy(update={**fields, "confidence": confidence, "supports": supports})
            return "refined", confidence - old.confidence
    new = {"rank": len(hypotheses) + 1, "component": component, "confidence": MOST, "supports": reading.cited}
    hypotheses.append(Hypothesis.model_validate({**new, **fields}))
    return "added", MOST


def _in_order(hypotheses: Sequence[Hypothesis]) -> list[Hypothesis]:
    total = max(1.0, sum(hypothesis.confidence for hypothesis in hypotheses))
    ordered = sorted(hypotheses, key=lambda h: (bool(h.rejected), -h.confidence, h.component))
    return [
        h.model_copy(update={"rank": rank, "confidence": h.confidence / total}) for rank, h in enumerate(ordered, 1)
    ]
