"""Whether users feel anything, and whether there are more of them."""

import pytest

from agent.ranking.features import saturate
from agent.ranking.impact import felt, surge, unaffected
from tests.agent.ranking.builders import GRAPH, found
from tools.evidence import Evidence, EvidenceKind

ALL = {"gateway", "shop", "store", "admin"}


def slower(service: str, effect: float = 5, before: float = 80, after: float = 300) -> Evidence:
    item = found(EvidenceKind.LATENCY_TOTAL, effect, service=service, operation="buy")
    return item.model_copy(update={"baseline": before, "incident": after, "unit": "ms"})


def traffic(before: float, after: float, effect: float = 9) -> Evidence:
    item = found(EvidenceKind.TRAFFIC, effect, service="gateway", operation="buy")
    return item.model_copy(update={"baseline": before, "incident": after, "statement": f"{before:g} to {after:g}"})


def test_users_feel_what_gets_slower_or_fails_where_requests_enter() -> None:
    assert unaffected([], GRAPH, ALL)
    assert unaffected([slower("store"), slower("shop")], GRAPH, ALL)
    assert not unaffected([slower("gateway")], GRAPH, ALL)
    assert not unaffected([found(EvidenceKind.ERRORS_PROPAGATED, 3, service="admin", operation="buy")], GRAPH, ALL)


@pytest.mark.parametrize(
    ("before", "after", "same"), [(9, 27, True), (20, 101, False), (300, 340, True), (300, 400, False)]
)
def test_what_still_feels_instantaneous_or_hardly_slower_is_not_felt(
    before: float, after: float, *, same: bool
) -> None:
    """However sure it is."""
    assert unaffected([slower("gateway", 90, before, after)], GRAPH, ALL) is same


def test_neither_faster_nor_unsure_counts() -> None:
    assert unaffected([slower("gateway", -5)], GRAPH, ALL)
    assert unaffected([slower("gateway").model_copy(update={"uncertain": True})], GRAPH, ALL)


@pytest.mark.parametrize("traced", [set(), {"shop", "store"}])
def test_without_spans_of_an_entry_nothing_is_told(traced: set[str]) -> None:
    assert not unaffected([], GRAPH, traced)
    assert not unaffected([], [], ALL)


def test_a_surge_is_half_as_much_again_and_sure() -> None:
    assert surge([traffic(2, 2.9), traffic(2, 4)]) == "2 to 4"
    assert surge([traffic(2, 4, effect=3), traffic(1, 9, effect=8)]) == "1 to 9"
    assert surge([traffic(2, 2.9)]) == ""
    assert surge([traffic(0, 9)]) == ""
    assert surge([traffic(2, 4).model_copy(update={"uncertain": True})]) == ""


def test_what_is_felt_is_the_worst_at_the_entries() -> None:
    assert felt([slower("shop", 90), slower("gateway", 5), slower("gateway", 9)], GRAPH) == saturate(9)
    assert felt([slower("shop", 90), slower("gateway", -9)], GRAPH) == 0
    assert felt([slower("shop", 90)], []) == 0
