"""Signs that one kind of fault leaves."""

from __future__ import annotations

import pytest

from agent.ranking.features import Features
from agent.ranking.signs import sign_of, storms, surges
from tests.agent.ranking.builders import found, metric, scene, series
from tools.evidence import Evidence, EvidenceKind
from tools.faults import FaultKind

LOST = found(EvidenceKind.ERRORS_ORIGIN, 9, service="gateway", peer="shop")


def sign(*evidence: Evidence) -> FaultKind | None:
    return sign_of(scene("shop", Features(resource=3.0), *evidence))


def memory(values: list[float]) -> Evidence:
    item = metric(9, "shop", "process.memory.usage")
    return item.model_copy(update={"samples": (series(values),), "baseline": 80.0, "incident": 110.0})


def test_time_in_which_a_limit_holds_cpu_back_names_it() -> None:
    assert sign(metric(9, "shop", "container.cpu.throttling_data.throttled_time")) is FaultKind.CPU_SATURATION
    assert sign(metric(-9, "shop", "container.cpu.throttling_data.throttled_time")) is None
    assert sign(metric(9, "admin", "container.cpu.throttling_data.throttled_time")) is None


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([80, 80, 95, 120, 150, 82, 110, 150, 81], FaultKind.MEMORY_PRESSURE),
        ([80, 80, 95, 120, 150, 150, 150], None),
        ([80, 82, 81, 60, 80, 81], None),
    ],
    ids=["grows and is killed", "grows and stays", "restarts without growing"],
)
def test_memory_that_grows_until_the_process_is_killed(values: list[float], kind: FaultKind | None) -> None:
    assert sign(memory(values), LOST) is kind


def test_memory_that_falls_while_everyone_is_served_was_given_back() -> None:
    assert sign(memory([80, 150, 82, 150, 81])) is None


def test_who_queues_for_a_connection_has_an_empty_pool() -> None:
    assert sign(metric(6, "shop", "db.client.connection.pending_requests")) is FaultKind.POOL_EXHAUSTED
    assert sign(metric(1.2, "shop", "db.client.connection.pending_requests")) is None
    assert sign(metric(6, "shop", "db.client.connection.count{state=used}")) is None


def entries(*rates: tuple[float, float]) -> list[Evidence]:
    found_ = [found(EvidenceKind.TRAFFIC, 3.0, service="gateway", operation=f"GET /{n}") for n in range(len(rates))]
    return [
        item.model_copy(update={"baseline": before, "incident": after, "uncertain": True})
        for item, (before, after) in zip(found_, rates, strict=True)
    ]


def test_twice_the_customers_who_are_served_well_are_a_surge() -> None:
    quiet = Features(resource=2.0)
    assert surges(scene("shop", quiet, *entries((2.0, 4.2), (1.0, 2.1))))
    assert not surges(scene("shop", quiet, *entries((2.0, 2.4), (1.0, 1.2))))
    assert not surges(scene("shop", quiet, *entries((2.0, 4.2), (1.0, 0.2))))
    assert not surges(scene("shop", quiet))


def test_a_surge_explains_neither_failures_nor_a_slow_component_nor_a_change() -> None:
    more = entries((2.0, 4.2), (1.0, 2.1))
    assert not surges(scene("shop", Features(), *more, LOST))
    assert not surges(scene("shop", Features(own_time=3.0), *more))
    assert not surges(scene("shop", Features(change=1.0), *more))


def repeats(times: float) -> Evidence:
    item = found(EvidenceKind.CALLS_REPEATED, 20.0, service="shop", operation="POST /charges")
    return item.model_copy(update={"baseline": 1.0, "incident": times})


REFUSED = found(EvidenceKind.ERRORS_ORIGIN, 9, service="shop", peer="store")


@pytest.mark.parametrize("component", ["gateway", "shop", "store"])
def test_failing_calls_made_again_and_again_are_a_storm_for_all_in_it(component: str) -> None:
    assert storms(scene(component, Features(), repeats(7.7), REFUSED))


def test_patience_success_and_bystanders_are_no_storm() -> None:
    assert not storms(scene("shop", Features(), repeats(2.0), REFUSED))
    assert not storms(scene("shop", Features(), repeats(7.7)))
    assert not storms(scene("admin", Features(), repeats(7.7), REFUSED))


def test_a_wrong_clock_is_its_own_sign() -> None:
    assert sign(found(EvidenceKind.CLOCK, 250.0, service="shop")) is FaultKind.CLOCK_SKEW
    assert sign(found(EvidenceKind.CLOCK, 250.0, service="gateway")) is None
