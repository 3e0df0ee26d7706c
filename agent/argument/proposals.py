"""What becomes of the causes that a model proposes, whichever rule decides which of them count.

A cause that counts adds to the confidence c of its component `MOST` times 1 - c, and its fault kind stands in place
of the one that statistics guessed. A component without a hypothesis enters with `MOST`. Together confidences stay at
one at most.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from agent.claims import Answer, Claim, Proposal
from agent.claims.claim import MOST_PROPOSALS
from agent.schema import Checked, Hypothesis, Suggested
from tools.faults import FaultFamily, FaultKind
from tools.names import named

MOST = 0.1
"""Confidence that a verified cause adds: enough to settle a close race, not to overturn a clear one."""
FAMILIES = frozenset({FaultFamily.CODE, FaultFamily.CONFIGURATION})


class NotCountedError(Exception):
    """A proposed cause does not count; the message says why."""


@dataclass(frozen=True, slots=True)
class Counted:
    """A cause that counts: what it says of a hypothesis, what only a new one takes from it, and its evidence.

    `first` is the id of the change that was read, `cited` are all that the cause rests on.
    """

    fields: Mapping[str, object]
    first: str
    cited: tuple[str, ...]
    for_new: Mapping[str, object] = field(default_factory=dict)


Rule = Callable[[Proposal, Sequence[Claim]], Counted]
"""Takes a proposal and the verified claims that it rests on; raises `NotCountedError`."""


def weigh_proposals(
    answer: Answer, checked: Sequence[Checked], known: Sequence[Hypothesis], rule: Rule
) -> tuple[list[Hypothesis], list[Suggested]]:
    """Return the hypotheses, best first, after what the proposals may move, and what became of each."""
    hypotheses: list[Hypothesis] = list(known)
    suggested: list[Suggested] = []
    for proposal in answer.hypotheses[:MOST_PROPOSALS]:
        component, kind = proposal.component, kind_of(proposal)
        refs = tuple(f"C{number}" for number in proposal.claims[:12])
        try:
            counted = _counted(proposal, answer, checked, known, rule)
            if any(item.outcome != "struck" and item.component == component for item in suggested):
                raise NotCountedError("another cause of it was counted already")
        except NotCountedError as reason:
            name = named(component) if component else "nobody"
            suggested.append(
                Suggested(component=name, fault_kind=kind, claims=refs, outcome="struck", reason=str(reason))
            )
            continue
        outcome, moved = _enter(hypotheses, component, kind, counted)
        suggested.append(Suggested(component=component, fault_kind=kind, claims=refs, outcome=outcome, moved=moved))
    counting = any(item.outcome != "struck" for item in suggested)
    return _in_order(hypotheses) if counting else hypotheses, suggested


def kind_of(proposal: Proposal) -> FaultKind:
    """Return the proposed fault kind, UNKNOWN when there is no such kind."""
    known = {kind.value: kind for kind in FaultKind}
    return known.get(proposal.fault_kind, FaultKind.UNKNOWN)


def _counted(
    proposal: Proposal, answer: Answer, checked: Sequence[Checked], known: Sequence[Hypothesis], rule: Rule
) -> Counted:
    """Return a proposal that counts.

    Raises:
        NotCountedError: it does not.
    """
    if kind_of(proposal).family not in FAMILIES:
        raise NotCountedError("only causes in code or configuration are for a model to add")
    if any(one.component == proposal.component and one.rejected for one in known):
        raise NotCountedError("a person has ruled it out")
    return rule(proposal, _claims(proposal, answer, checked))


def _claims(proposal: Proposal, answer: Answer, checked: Sequence[Checked]) -> list[Claim]:
    if not proposal.claims:
        raise NotCountedError("rests on no claim")
    for number in proposal.claims:
        if not 1 <= number <= len(checked):
            raise NotCountedError(f"rests on C{number}, which does not exist")
        if not checked[number - 1].verified:
            raise NotCountedError(f"rests on C{number}, which is struck")
    return [answer.claims[number - 1] for number in dict.fromkeys(proposal.claims)]


def _enter(hypotheses: list[Hypothesis], component: str, kind: FaultKind, counted: Counted) -> tuple[str, float]:
    """Change the component's hypothesis, or add one; return what happened and the confidence added."""
    fields = {"fault_kind": kind, "origin": "model", **counted.fields}
    for index, old in enumerate(hypotheses):
        if old.component == component:
            confidence = old.confidence + MOST * (1.0 - old.confidence)
            supports = tuple(dict.fromkeys((counted.first, *old.supports, *counted.cited)))
            hypotheses[index] = old.model_copy(update={**fields, "confidence": confidence, "supports": supports})
            return "refined", confidence - old.confidence
    new = {"rank": len(hypotheses) + 1, "component": component, "confidence": MOST, "supports": counted.cited}
    hypotheses.append(Hypothesis.model_validate({**new, **fields, **counted.for_new}))
    return "added", MOST


def _in_order(hypotheses: Sequence[Hypothesis]) -> list[Hypothesis]:
    total = max(1.0, sum(hypothesis.confidence for hypothesis in hypotheses))
    ordered = sorted(hypotheses, key=lambda h: (bool(h.rejected), -h.confidence, h.component))
    return [
        h.model_copy(update={"rank": rank, "confidence": h.confidence / total}) for rank, h in enumerate(ordered, 1)
    ]
