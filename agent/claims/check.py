"""Check claims against the evidence that they cite. What fails is struck, with the reason."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from agent.claims.claim import Claim, Direction, Predicate, Value
from agent.claims.quote import MIN_QUOTE, belongs_to, changed_words, is_change, says
from agent.claims.words import claim_words, fact_words
from agent.ranking.chain import AFFECTED, link_failure
from agent.schema.argument import Checked
from tools.evidence import Evidence, EvidenceKind, Fact, Quantity, facts_of
from tools.names import named, quoted
from tools.sources.rows import Call
from tools.units import TOLERANCE, amount, same_amount, same_dimension, unit_of

DEVIATING = AFFECTED | {EvidenceKind.LOG_NEW, EvidenceKind.LOG_BURST, EvidenceKind.LOG_GONE}
"""Kinds of evidence that show that a component does not behave as before."""


@dataclass(frozen=True, slots=True)
class Known:
    """What claims are checked against.

    `slack_s` is by how many seconds onsets may be off, the width of a time bucket.
    """

    evidence: Mapping[str, Evidence]
    graph: Sequence[Call] = field(default_factory=tuple)
    services: Collection[str] = field(default_factory=frozenset)
    slack_s: float = 0.0


class StruckError(Exception):
    """A claim does not hold; the message says why."""


def check_claims(claims: Sequence[Claim], known: Known) -> list[Checked]:
    """Return every claim with its verdict, in their order, numbered from C1."""
    return [check_claim(claim, known, f"C{number}") for number, claim in enumerate(claims, 1)]


def check_claim(claim: Claim, known: Known, number: str = "C1") -> Checked:
    """Return a claim with its verdict and a sentence: what the evidence says, or what was claimed in vain."""
    component = claim.service if claim.service in known.services else ""
    try:
        sentence, cited = _verify(claim, known)
    except StruckError as reason:
        return Checked(
            id=number,
            component=component,
            sentence=claim_words(claim),
            evidence=tuple(named(ref) for ref in claim.evidence[:6]),
            verified=False,
            reason=str(reason),
        )
    refs = tuple(dict.fromkeys(item.id for item in cited))
    return Checked(id=number, component=component, sentence=sentence, evidence=refs, verified=True)


def _verify(claim: Claim, known: Known) -> tuple[str, list[Evidence]]:
    """Return the sentence of a claim that holds, and what of the cited evidence bears it out.

    Raises:
        StruckError: it does not.
    """
    cited = _cited(claim, known)
    if claim.service not in known.services:
        raise StruckError(f"no telemetry of a service {named(claim.service) if claim.service else 'without a name'}")
    if claim.predicate == Predicate.SAYS:
        return _verify_quote(claim, cited)
    if claim.predicate == Predicate.CAUSES:
        return _verify_cause(claim, cited, known)
    if claim.predicate not in set(Quantity):
        raise StruckError(f"{named(claim.predicate) if claim.predicate else 'nothing'} is not something to claim")
    fact, item = _matching(claim, Quantity(claim.predicate), cited)
    return fact_words(fact), [item]


def _cited(claim: Claim, known: Known) -> list[Evidence]:
    if not claim.evidence:
        raise StruckError("cites no evidence")
    missing = [ref for ref in claim.evidence if ref not in known.evidence]
    if missing:
        raise StruckError(f"cites {named(missing[0])}, which does not exist")
    return [known.evidence[ref] for ref in claim.evidence]


def _matching(claim: Claim, quantity: Quantity, cited: list[Evidence]) -> tuple[Fact, Evidence]:
    """Return the fact that bears a claim out, and whose it is."""
    facts = [(fact, item) for item in cited for fact in facts_of(item) if fact.quantity is quantity]
    refs = " and ".join(claim.evidence)
    if not facts:
        raise StruckError(f"{refs} says nothing about {quantity.value.replace('_', ' ')}")
    about = [(fact, item) for fact, item in facts if _is_about(fact, claim)]
    if not about:
        raise StruckError(f"{facts[0][1].id} is about {named(facts[0][0].subject.label())}")
    failures = []
    for fact, item in about:
        failure = _contradiction(claim, fact)
        if not failure:
            return fact, item
        failures.append(failure)
    raise StruckError(failures[0])


def _is_about(fact: Fact, claim: Claim) -> bool:
    subject = fact.subject
    metric = not claim.metric or claim.metric in (subject.name, subject.name.partition("{")[0])
    narrowed = claim.operation in ("", subject.operation) and claim.peer in ("", subject.peer)
    return claim.service == subject.service and narrowed and metric


def _contradiction(claim: Claim, fact: Fact) -> str:
    """Return how a fact contradicts a claim, empty when it bears it out."""
    before, after = fact.baseline, fact.incident
    if not (claim.direction or claim.before or claim.after):
        return "claims neither a direction nor a value"
    if claim.direction and (before is None or after is None):
        return f"there is no baseline to compare with: {fact_words(fact)}"
    if claim.direction and before is not None and after is not None and claim.direction != _direction(before, after):
        return f"the evidence says otherwise: {fact_words(fact)}"
    if claim.before and claim.after and claim.direction and not _coherent(claim):
        return "its own numbers contradict its direction"
    for window, said, true in (("baseline", claim.before, before), ("incident", claim.after, after)):
        if said is not None and (failure := _wrong(said, true, fact.unit, window)):
            return failure
    return ""


def _wrong(said: Value, true: float | None, unit: str, window: str) -> str:
    if true is None:
        return f"the evidence has no {window} value"
    if not same_dimension(said.unit, unit):
        given = f"the unit {named(said.unit)}" if said.unit else "no unit"
        return f"has {given} where the evidence has {named(unit) if unit else 'none'}"
    if not same_amount(said.number, said.unit, true, unit):
        return f"the {window} value is {amount(true, unit)}"
    return ""


def _direction(before: float, after: float) -> Direction:
    if abs(after - before) <= TOLERANCE * abs(before):
        return Direction.UNCHANGED
    return Direction.ROSE if after > before else Direction.FELL


def _coherent(claim: Claim) -> bool:
    assert claim.before is not None
    assert claim.after is not None
    if not same_dimension(claim.before.unit, claim.after.unit):
        return False
    same = same_amount(claim.after.number, claim.after.unit, claim.before.number, claim.before.unit)
    unit_free = _direction(*_in_base(claim.before, claim.after))
    return claim.direction == (Direction.UNCHANGED if same else unit_free)


def _in_base(first: Value, second: Value) -> tuple[float, float]:
    return first.number * unit_of(first.unit).factor, second.number * unit_of(second.unit).factor


def _verify_quote(claim: Claim, cited: list[Evidence]) -> tuple[str, list[Evidence]]:
    if len(claim.quote.strip()) < MIN_QUOTE:
        raise StruckError(f"a quotation has at least {MIN_QUOTE} characters")
    holding = [item for item in cited if says(item, claim.quote)]
    if not holding:
        raise StruckError(f"the words are not in {' and '.join(claim.evidence)}")
    owned = [item for item in holding if belongs_to(item, claim.service, claim.quote)]
    if not owned:
        whose = holding[0].subject.service
        raise StruckError(f"the words are those of {named(whose)}" if whose else "nothing says whose words these are")
    return f"{_source_words(owned[0], claim)} {quoted(claim.quote)}", owned


def _source_words(item: Evidence, claim: Claim) -> str:
    if item.subject.kind in {"job", "test"}:
        return f"{item.subject.kind} {named(claim.service)} wrote"
    if is_change(item) and claim.service in {sample.ref for sample in item.samples}:
        reads = {"added": "now reads", "removed": "no longer reads"}.get(changed_words(item, claim.quote), "reads")
        return f"{named(claim.service)} {reads}"
    if is_change(item):
        return f"a change near {named(claim.service)} reads"
    if item.subject.kind == "file":
        return f"the source of {named(claim.service)} reads"
    return f"{named(claim.service)} wrote"


def _verify_cause(claim: Claim, cited: list[Evidence], known: Known) -> tuple[str, list[Evidence]]:
    """Put a causal edge to the three tests: the call exists, the affected deviates, the cause is not later."""
    if claim.peer not in known.services:
        raise StruckError(f"no telemetry of a service {named(claim.peer) if claim.peer else 'without a name'}")
    if not any(call.caller == claim.peer and call.callee == claim.service for call in known.graph):
        raise StruckError(f"{named(claim.peer)} does not call {named(claim.service)}")
    cause, effect = _strongest(claim.service, cited, changes=True), _strongest(claim.peer, cited, changes=False)
    if cause is None:
        raise StruckError(f"cites nothing that deviates on {named(claim.service)}")
    if effect is None:
        raise StruckError(f"cites nothing that deviates on {named(claim.peer)}")
    failure = link_failure(cause, effect, known.slack_s)
    if failure:
        raise StruckError(failure)
    return f"what is seen on {named(claim.peer)} comes from {named(claim.service)}, which it calls", [cause, effect]


def _strongest(service: str, cited: list[Evidence], *, changes: bool) -> Evidence | None:
    """Return the strongest cited deviation of a service; a change may be a cause but never an effect."""
    own = [item for item in cited if item.kind in DEVIATING and service in (item.subject.service, _callee(item))]
    if not own and changes:
        own = [item for item in cited if is_change(item) and belongs_to(item, service)]
    return max(own, key=lambda item: abs(item.effect), default=None)


def _callee(item: Evidence) -> str:
    return item.subject.peer if item.kind is EvidenceKind.LATENCY_EDGE else ""
