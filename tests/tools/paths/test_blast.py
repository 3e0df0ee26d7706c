"""Who is above and below a service."""

from tools.paths import reach_of
from tools.sources.rows import Call

GRAPH = [Call("front", "pay", 9), Call("pay", "bank", 9), Call("front", "cart", 5), Call("pay", "pay", 1)]


def test_callers_are_above_and_callees_below_with_their_distance() -> None:
    reach = reach_of("bank", GRAPH)
    assert reach.above == {"pay": 1, "front": 2}
    assert reach.below == {}
    assert reach_of("front", GRAPH).below == {"cart": 1, "pay": 1, "bank": 2}


def test_a_service_is_not_in_its_own_reach_even_on_a_circle() -> None:
    reach = reach_of("a", [Call("a", "b", 1), Call("b", "a", 1)])
    assert reach.above == reach.below == {"b": 1}


def test_an_unknown_service_reaches_nobody() -> None:
    reach = reach_of("nobody", GRAPH)
    assert (reach.above, reach.below) == ({}, {})
