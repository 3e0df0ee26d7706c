"""How statistics and the model's argument are combined: the whole rule.

1. What is not verified moves nothing: neither prose, nor a struck claim, nor a cause that rests on one.
2. Claims about telemetry, and about a record that names its component, explain and move nothing either: statistics
   have weighed those already.
3. What statistics cannot see is a cause in code or configuration that was read in a change. It counts when
   (a) all claims that it rests on hold, (b) one of them quotes a change of that component, (c) a record says when
   that change went live, (d) the component deviates, or a caller of it that a verified causal claim names, and
   (e) the change went live as near before that deviation as statistics ask of any change, `TAKES_EFFECT_S`: most
   changes are innocent, and a model that quotes an innocent one truly must not be believed.
4. Such a cause moves its component as far as `agent.argument.proposals` says.
5. Where statistics say that probably nothing is at fault, nothing is added. A component that a person has ruled
   out stays ruled out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agent.argument.proposals import Counted, NotCountedError, kind_of, weigh_proposals
from agent.claims import Answer, Claim, Known, Proposal
from agent.claims.check import DEVIATING
from agent.claims.claim import Predicate
from agent.claims.quote import belongs_to, is_change, says
from agent.ranking.collect import AFTER_ONSET_S, TAKES_EFFECT_S
from agent.schema import Checked, Hypothesis, Suggested
from tools.evidence import Evidence, EvidenceKind
from tools.faults import playbook
from tools.names import named, quoted


@dataclass(frozen=True, slots=True)
class Case:
    """What proposals are weighed against; `nothing` is the probability that nothing is at fault."""

    known: Known
    hypotheses: Sequence[Hypothesis]
    nothing: float = 0.0


def weigh_argument(answer: Answer, checked: Sequence[Checked], case: Case) -> tuple[list[Hypothesis], list[Suggested]]:
    """Return the hypotheses, best first, after what the argument may move, and what became of each proposal."""
    return weigh_proposals(answer, checked, case.hypotheses, lambda proposal, claims: _counted(proposal, claims, case))


@dataclass(frozen=True, slots=True)
class _Reading:
    """The words that were read, where, and all evidence that the cause rests on."""

    quote: str
    change: Evidence
    cited: tuple[str, ...]


def _counted(proposal: Proposal, claims: Sequence[Claim], case: Case) -> Counted:
    """Return what a proposal that counts says.

    Raises:
        NotCountedError: it does not count; see rule 3 and 5.
    """
    if case.hypotheses and case.nothing > max(h.confidence for h in case.hypotheses):
        raise NotCountedError("probably nothing is at fault")
    reading = _read(proposal.component, claims, case.known)
    begun = _onsets(proposal.component, claims, case.known)
    if not begun:
        raise NotCountedError(f"nothing that is dated deviates on {named(proposal.component)}")
    assert reading.change.onset is not None
    lead = min(begun) - reading.change.onset.timestamp()
    if lead < -AFTER_ONSET_S:
        raise NotCountedError("the change went live after the deviation began")
    if lead > TAKES_EFFECT_S:
        raise NotCountedError(f"the change went live {lead:.0f} s before the deviation began")
    return _said(proposal, reading)


def _said(proposal: Proposal, reading: _Reading) -> Counted:
    texts = playbook(kind_of(proposal))
    fill = {"component": proposal.component, "operation": proposal.component, "peer": ""}
    where = reading.change.subject.name or "a change"
    fields = {
        "cause": f"{texts.mechanism.format(**fill)}: {named(where)} reads {quoted(reading.quote)}",
        "next_check": texts.checks[0].format(**fill),
        "remediation": tuple(text.format(**fill) for text in texts.remedies),
    }
    return Counted(fields=fields, first=reading.change.id, cited=reading.cited)


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
        raise NotCountedError("statistics have weighed that record")
    if undated:
        raise NotCountedError("nothing records when that change went live")
    raise NotCountedError(f"quotes no change of {named(component) if component else 'nobody'}")


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
