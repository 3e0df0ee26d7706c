"""Claims and facts as sentences. Written by code; whatever is not plainly a name is quoted."""

from __future__ import annotations

from agent.claims.claim import Claim, Predicate, Value
from tools.evidence import Fact, Quantity
from tools.names import labelled, named, quoted
from tools.units import amount, number

_QUANTITY_WORDS = {
    Quantity.SELF_TIME: "self-time of {subject}",
    Quantity.EDGE_TIME: "time on the way to {peer} from {subject}",
    Quantity.DURATION: "duration of {subject}",
    Quantity.ERRORS: "share of failing {subject} spans",
    Quantity.CALLS: "share of {subject} spans that call {peer}",
    Quantity.TRAFFIC: "requests to {subject}",
    Quantity.LOG_LINES: "lines of {subject}",
    Quantity.METRIC: "{subject}",
}


def fact_words(fact: Fact) -> str:
    """Return a fact as a sentence: `self-time of pay POST /charges (p90) rose from 21.9 ms to 625 ms`."""
    what = _subject_words(fact) + (f" ({fact.statistic})" if fact.statistic else "")
    before, after = fact.baseline, fact.incident
    if before is None and after is None:
        return f"{what}: no value"
    if before is None or after is None:
        known, window = (after, "in the incident") if after is not None else (before, "in the baseline")
        return f"{what} is {amount(known or 0.0, fact.unit)} {window} only"
    first, second = amount(before, fact.unit), amount(after, fact.unit)
    if first == second:
        return f"{what} stayed at {first}"
    return f"{what} {'rose' if after > before else 'fell'} from {first} to {second}"


def _subject_words(fact: Fact) -> str:
    subject = fact.subject
    where = " ".join(named(part) for part in (subject.service, subject.operation) if part)
    peer = " ".join(named(part) for part in (subject.peer, subject.name) if part)
    if fact.quantity is Quantity.METRIC:
        arrow = f" → {named(subject.peer)}" if subject.peer else ""
        pod = f" {named(subject.pod)}" if subject.pod else ""
        return f"{where}{arrow}{pod} {labelled(subject.name)}"
    if fact.quantity is Quantity.LOG_LINES:
        return f"lines {quoted(subject.name)} of {where}"
    return _QUANTITY_WORDS[fact.quantity].format(subject=where, peer=peer)


def claim_words(claim: Claim) -> str:
    """Return what a model claimed, every word of it that is not plainly a name in quotation marks."""
    where = " ".join(named(part) for part in (claim.service, claim.operation, claim.metric) if part) or "nobody"
    peer = named(claim.peer) if claim.peer else ""
    if claim.predicate == Predicate.SAYS:
        return f"{where} says {quoted(claim.quote)}"
    if claim.predicate == Predicate.CAUSES:
        return f"{where} causes what is seen on {peer or 'nobody'}"
    what = f"{named(claim.predicate or 'something')} of {where}" + (f" → {peer}" if peer else "")
    values = [_value(value, word) for value, word in ((claim.before, "from"), (claim.after, "to")) if value]
    return " ".join([what, named(claim.direction or "moved"), *values])


def _value(value: Value, word: str) -> str:
    return f"{word} {number(value.number)} {named(value.unit) if value.unit else ''}".rstrip()
