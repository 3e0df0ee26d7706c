"""What a person says moves the ranking, within bounds, and stays visible."""

import pytest

from agent.ranking import Picture, rank_hypotheses, shipped_weights, worth_showing
from agent.ranking.steering import MOST, heard, steered
from agent.schema import Hypothesis, Observation, Rejection, Steering
from tools.evidence import Evidence, EvidenceKind, Subject
from tools.sources.rows import Call

GRAPH = [Call("gateway", "shop", 10), Call("shop", "store", 10)]


def slow(number: int, service: str, effect: float, share: float) -> Evidence:
    subject = Subject(kind="operation", service=service, operation="GET")
    kind = EvidenceKind.LATENCY_SELF
    return Evidence(
        id=f"E{number}", kind=kind, subject=subject, statement=service, effect=effect, share=share, query="q"
    )


def seen(number: int, service: str, text: str) -> Evidence:
    subject = Subject(kind="service", service=service)
    return Evidence(id=f"E{number}", kind=EvidenceKind.OBSERVATION, subject=subject, statement=text, query="q")


SLOW = [slow(1, "store", 60, 0.8), slow(2, "shop", 40, 0.2)]


def ranked(steering: Steering, *more: Evidence) -> list[Hypothesis]:
    sends = frozenset({"gateway", "shop", "store"})
    return rank_hypotheses(Picture([*SLOW, *more], GRAPH, sends, sends), shipped_weights(), steering)


def rejected(component: str) -> Steering:
    return Steering(rejected=(Rejection(component=component, reason="restarted, still slow"),))


def told(component: str, *speaks: str) -> Steering:
    said = [{"text": f"seen {n}", "component": component, "speaks": s} for n, s in enumerate(speaks)]
    return Steering(observations=tuple(Observation.model_validate(item) for item in said))


def test_a_rejected_component_is_last_with_its_reason_and_no_confidence() -> None:
    before, after = ranked(Steering()), ranked(rejected("store"))
    assert before[0].component == "store"
    assert [h.component for h in after] == ["shop", "store"]
    assert (after[-1].confidence, after[-1].rejected) == (0.0, "restarted, still slow")
    assert [h.rank for h in after] == [1, 2]


def test_a_rejected_callee_excuses_its_caller_no_more() -> None:
    without = ranked(rejected("store"))[0].confidence
    assert without > ranked(Steering())[1].confidence
    share_only = ranked(Steering())
    odds = share_only[1].confidence / (1 - share_only[0].confidence)
    assert without > odds  # more than its part of what became free


@pytest.mark.parametrize(("speaks", "higher"), [("for", True), ("against", False)])
def test_an_observation_moves_its_component(speaks: str, higher: bool) -> None:
    before = next(h for h in ranked(Steering()) if h.component == "shop").confidence
    after = next(h for h in ranked(told("shop", speaks)) if h.component == "shop").confidence
    assert (after > before) is higher


def test_an_observation_that_speaks_neither_way_moves_nothing() -> None:
    assert [h.confidence for h in ranked(told("shop", "neither"))] == [h.confidence for h in ranked(Steering())]


def test_words_do_not_add_up_without_bound() -> None:
    assert heard("shop", told("shop", *["for"] * 20)) == MOST
    assert heard("shop", told("shop", *["against"] * 20)) == -MOST
    assert heard("store", told("shop", "for")) == 0.0


def test_an_observed_component_without_any_finding_becomes_a_candidate() -> None:
    assert "mail" in {h.component for h in ranked(told("mail", "for"))}
    assert "mail" not in {h.component for h in ranked(told("mail", "against"))}
    assert set(steered({}, told("mail", "for"))) == {"mail"}


def test_observations_are_cited_on_the_side_they_speak_for() -> None:
    steering = Steering(
        observations=(
            Observation(text="pool is full", component="shop", speaks="for"),
            Observation(text="idle on the dashboard", component="shop", speaks="against"),
        )
    )
    found = ranked(steering, seen(3, "shop", "pool is full"), seen(4, "shop", "idle on the dashboard"))
    shop = next(h for h in found if h.component == "shop")
    assert shop.supports == ("E3", "E2")
    assert shop.contradicts == ("E4",)


def test_pinned_and_rejected_ones_stay_in_sight() -> None:
    steering = Steering(pinned=("shop",), rejected=rejected("mail").rejected)
    hypotheses = [*ranked(Steering()), *(h.model_copy(update={"rejected": "no"}) for h in ranked(Steering())[:1])]
    assert [h.component for h in worth_showing(hypotheses, 1, Steering())] == ["store", "store"]
    assert [h.component for h in worth_showing(ranked(steering), 1, steering)] == ["store", "shop"]
    assert [h.component for h in worth_showing(ranked(Steering()), 1, Steering())] == ["store"]


def test_the_last_reason_counts() -> None:
    said = Steering(rejected=(Rejection(component="a", reason="one"), Rejection(component="a", reason="two")))
    assert (said.reason("a"), said.reason("b")) == ("two", "")
