"""Causal chains: the path to the symptom and the tests of its links."""

import datetime as dt

from agent.ranking.chain import callers_of, causal_chain, path_to_symptom
from tools.evidence import Evidence, EvidenceKind, Subject
from tools.sources.rows import Call

GRAPH = [Call("gateway", "shop", 9), Call("gateway", "admin", 9), Call("shop", "store", 9), Call("admin", "store", 9)]
NOON = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)


def slow(number: int, service: str, effect: float, onset_s: float | None = 0.0) -> Evidence:
    return Evidence(
        id=f"E{number}",
        kind=EvidenceKind.LATENCY_TOTAL,
        subject=Subject(kind="operation", service=service),
        statement=f"{service} is slow",
        effect=effect,
        onset=None if onset_s is None else NOON + dt.timedelta(seconds=onset_s),
        query="q",
    )


def test_the_path_goes_by_the_most_affected_caller() -> None:
    callers = callers_of(GRAPH)
    assert path_to_symptom("store", callers, {"shop": 9.0}) == ["store", "shop", "gateway"]
    assert path_to_symptom("store", callers, {"admin": 9.0}) == ["store", "admin", "gateway"]
    assert path_to_symptom("gateway", callers, {}) == ["gateway"]


def test_a_cycle_ends() -> None:
    callers = callers_of([Call("a", "b", 1), Call("b", "a", 1), Call("a", "a", 1)])
    assert path_to_symptom("a", callers, {}) == ["a"]


def test_a_chain_that_holds_is_verified() -> None:
    evidence = [slow(1, "store", 30), slow(2, "shop", 20, 2), slow(3, "gateway", 10, 4)]
    chain = causal_chain("store", GRAPH, evidence, slack_s=10)
    assert [link.component for link in chain] == ["store", "shop", "gateway"]
    assert all(link.verified for link in chain)
    assert chain[1].evidence == ("E2",)


def test_a_cause_after_its_effect_is_struck_with_the_reason() -> None:
    chain = causal_chain("store", GRAPH, [slow(1, "store", 30, 60), slow(2, "shop", 20, 0)], slack_s=10)
    assert not chain[1].verified
    assert chain[1].reason == "deviates 60 s before its supposed cause"


def test_onsets_may_be_off_by_a_bucket_and_may_be_unknown() -> None:
    assert causal_chain("store", GRAPH, [slow(1, "store", 30, 9), slow(2, "shop", 20, 0)], 10)[1].verified
    assert causal_chain("store", GRAPH, [slow(1, "store", 30, None), slow(2, "shop", 20, 0)], 10)[1].verified


def test_a_caller_that_does_not_deviate_breaks_the_chain() -> None:
    chain = causal_chain("store", GRAPH, [slow(1, "store", 30), slow(3, "gateway", 10)], slack_s=10)
    assert chain[1].reason == "no deviation found here"
    assert chain[1].evidence == ()
