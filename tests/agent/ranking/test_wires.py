"""Wires: whose fault is a slow edge?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.ranking.wires import Wires

STAR = [("front", name) for name in ("cart", "catalog", "ads", "shipping")]


def test_a_caller_that_is_slow_to_all_is_slow_itself() -> None:
    wires = Wires([*STAR, ("checkout", "cart")])
    for _, callee in STAR:
        wires.add("front", callee, 4.0)
    inward, outward = wires.credits()
    assert outward["front"] == 4.0
    assert inward["cart"] == 2.0  # one of its two callers is slow to reach it


def test_a_callee_that_is_slow_for_all_is_slow_itself() -> None:
    wires = Wires([*STAR, ("checkout", "cart")])
    wires.add("front", "cart", 4.0)
    wires.add("checkout", "cart", 4.0)
    inward, outward = wires.credits()
    assert inward["cart"] == 4.0
    assert outward["front"] == 1.0  # one of its four calls


def test_with_one_edge_nobody_can_tell() -> None:
    wires = Wires([("a", "b")])
    wires.add("a", "b", 3.0, weight=0.5)
    assert wires.credits() == ({"b": 1.5}, {"a": 1.5})


def test_how_much_an_edge_matters_does_not_change_whose_it_is() -> None:
    wires = Wires(STAR)
    wires.add("front", "cart", 4.0, weight=1.0)
    for callee in ("catalog", "ads", "shipping"):
        wires.add("front", callee, 4.0, weight=0.01)
    inward, outward = wires.credits()
    assert outward["front"] == inward["cart"] == 4.0


def test_faster_edges_and_calls_to_oneself_are_no_matter() -> None:
    wires = Wires([("a", "a"), ("a", "b")])
    wires.add("a", "b", 0.0)
    assert wires.credits() == ({}, {})


def test_what_callees_cannot_help_is_shared_among_callers() -> None:
    wires = Wires([*STAR, ("checkout", "cart"), ("checkout", "shipping"), ("checkout", "bank")])
    for _, callee in STAR:
        wires.add("front", callee, 3.0)
    wires.add("checkout", "cart", 3.0)
    callers = wires.callers()
    assert callers["front"] == 3.0
    assert callers["checkout"] == pytest.approx(1.0)


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("efgh"), st.floats(0.1, 5)), max_size=12))
def test_nobody_is_credited_with_more_than_the_slowest_edge(edges: list[tuple[str, str, float]]) -> None:
    wires = Wires((caller, callee) for caller, callee, _ in edges)
    for caller, callee, size in edges:
        wires.add(caller, callee, size)
    slowest = max((size for _, _, size in edges), default=0.0)
    inward, outward = wires.credits()
    for credit in (*inward.values(), *outward.values(), *wires.callers().values()):
        assert 0.0 < credit <= slowest * (1 + 1e-9)
