"""What is wrong between two components: the store, the network, or lost packets."""

from __future__ import annotations

import pytest

from agent.ranking.features import Features
from agent.ranking.kinds import fault_kind
from agent.ranking.model import shipped_weights
from agent.ranking.paths import awaited_store, loses_packets, store_kind
from tests.agent.ranking.builders import edge, found, scene, series
from tools.evidence import Evidence, EvidenceKind
from tools.faults import FaultKind

ALIKE = [edge("shop", "store", "GET", 1.0, 201.0), edge("shop", "store", "DEL", 2.0, 203.0)]


def store(*evidence: Evidence) -> FaultKind:
    return store_kind(scene("store", Features(wire_in=5.0), *evidence), "shop", "store")


def test_all_calls_of_one_caller_gain_alike_on_a_slow_path() -> None:
    assert store(*ALIKE) is FaultKind.NETWORK_DELAY
    assert store(*ALIKE, edge("admin", "store", "GET", 1.0, 4.0)) is FaultKind.NETWORK_DELAY


@pytest.mark.parametrize(
    "evidence",
    [
        ALIKE[:1],
        [edge("shop", "store", "UPDATE", 0.5, 1200.0), edge("shop", "store", "COMMIT", 0.3, 0.6)],
        [edge("shop", "store", "UPDATE", 0.5, 1200.0), edge("shop", "store", "SELECT", 0.3, 500.0)],
        [*ALIKE, edge("admin", "store", "GET", 1.0, 180.0)],
    ],
    ids=["one call tells nothing", "a lock on one table", "not alike", "slow for everyone"],
)
def test_a_slow_store_tells_statements_apart_or_is_slow_for_everyone(evidence: list[Evidence]) -> None:
    assert store(*evidence) is FaultKind.DEPENDENCY_SLOW


def test_a_store_with_one_caller_cannot_be_told_from_the_path_to_it() -> None:
    calls = [edge("shop", "bank", "GET", 1.0, 201.0), edge("shop", "bank", "POST", 2.0, 203.0)]
    assert store_kind(scene("bank", Features(wire_in=5.0), *calls), "shop", "bank") is FaultKind.DEPENDENCY_SLOW


def test_only_what_dominates_and_sends_no_spans_is_waited_for() -> None:
    waits = edge("shop", "store", "UPDATE", 0.5, 1200.0)
    assert awaited_store(scene("shop", Features(wire_out=5.0), waits)) == "store"
    assert awaited_store(scene("shop", Features(wire_out=5.0, own_time=5.2), waits)) == ""
    assert awaited_store(scene("shop", Features(wire_out=5.0), waits, traced="shop store")) == ""
    assert awaited_store(scene("shop", Features(wire_out=5.0))) == ""


def slow_way(medians: list[float], after: float = 600.0) -> Evidence:
    """Return calls from the gateway, slow from second 60 on; medians of buckets of ten seconds."""
    tail = [after if number >= 6 else 3.0 for number in range(len(medians))]
    samples = (series(tail, "p90 per bucket"), series(medians, "median per bucket"))
    return edge("gateway", "shop", "GET", 3.0, after).model_copy(update={"samples": samples})


@pytest.mark.parametrize(
    ("medians", "after", "lossy"),
    [
        ([2.0] * 12, 600.0, True),
        ([2.0] * 6 + [2.0, 2.0, 210.0, 2.0, 3.0, 2.0], 600.0, True),
        ([2.0] * 6 + [302.0] * 6, 600.0, False),
        ([2.0] * 12, 40.0, False),
    ],
    ids=["most calls are as ever", "one bad bucket", "all calls take longer", "too little for a retransmission"],
)
def test_packets_are_lost_where_only_the_tail_moves(medians: list[float], after: float, lossy: bool) -> None:
    assert loses_packets(scene("shop", Features(wire_in=5.0), slow_way(medians, after))) is lossy


def test_a_baseline_of_a_later_day_is_told_from_the_incident() -> None:
    """The series begins with the baseline, whose times may follow the incident's."""
    medians, way = [2.0] * 6 + [302.0] * 6, slow_way([2.0] * 12)
    own = series(medians, "median per bucket")
    later = series([2.0] * 40, "median per bucket", first=86_400)
    both = later.model_copy(update={"times": later.times + own.times, "values": later.values + own.values})
    item = way.model_copy(update={"samples": (way.samples[0], both)})
    assert not loses_packets(scene("shop", Features(wire_in=5.0), item))


def test_lost_packets_are_told_from_a_cut_and_from_a_busy_callee() -> None:
    weights, few = shipped_weights(), found(EvidenceKind.ERRORS_ORIGIN, 3, service="gateway", peer="shop")
    lossy = scene("shop", Features(wire_in=5.0), slow_way([2.0] * 12), few)
    assert fault_kind(lossy, weights) is FaultKind.NETWORK_LOSS
    blocked = scene("shop", Features(wire_in=2.0, own_time=5.0), slow_way([2.0] * 12))
    assert fault_kind(blocked, weights) is not FaultKind.NETWORK_LOSS
