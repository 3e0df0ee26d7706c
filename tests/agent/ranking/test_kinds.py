"""Which kind of fault, by what was found."""

from __future__ import annotations

import pytest

from agent.ranking.features import Features
from agent.ranking.kinds import fault_kind
from agent.ranking.model import shipped_weights
from tests.agent.ranking.builders import edge, found, metric, scene
from tools.evidence import Evidence, EvidenceKind, Sample
from tools.faults import FaultKind


def kind_of(features: Features, *evidence: Evidence, component: str = "shop") -> FaultKind:
    return fault_kind(scene(component, features, *evidence), shipped_weights())


def logged(text: str, severity: str = "ERROR") -> Evidence:
    item = found(EvidenceKind.LOG_NEW, 9, service="shop")
    statement = f"shop logged 9 times {severity} “{text}”, 0 expected from the baseline"
    return item.model_copy(update={"statement": statement})


def test_an_error_that_names_its_kind_is_believed() -> None:
    features = Features(behaviour=3.0)
    assert kind_of(features, logged("OSError: No space left on device")) is FaultKind.DISK_FULL
    assert kind_of(features, logged("boom")) is FaultKind.EXCEPTION


def test_failed_spans_speak_too() -> None:
    failed = found(EvidenceKind.ERRORS_ORIGIN, 9, service="shop").model_copy(
        update={"samples": (Sample(kind="trace", ref="t", text="took 3 ms, ERROR: certificate has expired"),)}
    )
    assert kind_of(Features(behaviour=3.0), failed) is FaultKind.CREDENTIAL_EXPIRED


def test_missing_calls_are_an_early_return_only_where_nothing_fails() -> None:
    features, missing = Features(behaviour=3.0), found(EvidenceKind.CALLS_VANISHED, -9, service="shop")
    assert kind_of(features, missing) is FaultKind.EARLY_RETURN
    assert kind_of(features, missing, found(EvidenceKind.ERRORS_ORIGIN, 9, service="shop")) is FaultKind.EXCEPTION


def test_who_is_slow_more_than_changed_did_not_return_early() -> None:
    slow, fewer = (
        found(EvidenceKind.LATENCY_SELF, 40, 1.0, service="shop"),
        found(EvidenceKind.LOG_GONE, -3, service="shop"),
    )
    assert kind_of(Features(own_time=4.0, behaviour=0.2), slow, fewer) is FaultKind.SLOW_CODE


def test_calls_that_appear_are_no_exception_where_nothing_fails_and_nothing_is_said() -> None:
    features, more = Features(behaviour=3.0), found(EvidenceKind.CALLS_APPEARED, 9, service="shop")
    assert kind_of(features, more) is FaultKind.UNKNOWN
    assert kind_of(features, more, logged("falling back", severity="INFO")) is FaultKind.EXCEPTION


def test_calls_that_do_not_arrive_are_a_partition() -> None:
    lost = found(EvidenceKind.ERRORS_ORIGIN, 9, service="gateway", peer="shop")
    assert kind_of(Features(behaviour=3.0), lost) is FaultKind.NETWORK_PARTITION


def test_what_is_busy_and_out_of_reach_only_does_not_answer_in_time() -> None:
    lost = found(EvidenceKind.ERRORS_ORIGIN, 9, service="gateway", peer="shop")
    busy = metric(40, "shop", "process.cpu.utilization")
    assert kind_of(Features(behaviour=3.0, own_time=4.0, resource=4.0), lost, busy) is FaultKind.CPU_SATURATION


@pytest.mark.parametrize(
    ("evidence", "kind"),
    [
        (found(EvidenceKind.ERRORS_ORIGIN, 9, service="shop", peer="store"), FaultKind.DEPENDENCY_DOWN),
        (edge("shop", "store", "SELECT", 1.0, 90.0), FaultKind.DEPENDENCY_SLOW),
    ],
)
def test_who_sends_no_spans_is_a_dependency(evidence: Evidence, kind: FaultKind) -> None:
    assert kind_of(Features(wire_in=3.0), evidence, component="store") is kind


def test_who_waits_for_a_store_more_than_for_anything_names_the_store_as_the_kind() -> None:
    waits = edge("shop", "store", "UPDATE", 0.5, 1200.0)
    assert kind_of(Features(wire_out=5.0, own_time=0.2), waits) is FaultKind.DEPENDENCY_SLOW
    slow = found(EvidenceKind.LATENCY_SELF, 40, 1.0, service="shop")
    assert kind_of(Features(wire_out=4.5, own_time=3.0), waits, slow) is FaultKind.SLOW_CODE


def test_a_resource_is_named_by_its_metric_and_idle_resources_clear_it() -> None:
    busy = metric(40, "shop", "process.cpu.utilization")
    assert kind_of(Features(own_time=4.0, resource=4.0), busy) is FaultKind.CPU_SATURATION
    full = metric(40, "shop", "memory.usage")
    assert kind_of(Features(own_time=3.0, resource=4.0), full) is FaultKind.MEMORY_PRESSURE
    slow = found(EvidenceKind.LATENCY_SELF, 40, 1.0, service="shop")
    assert kind_of(Features(own_time=5.0), slow) is FaultKind.SLOW_CODE


@pytest.mark.parametrize("name", ["process.open_file_descriptor.count", "process_open_fds", "process.thread.count"])
def test_threads_and_open_files_grow_with_whatever_waits(name: str) -> None:
    follows, memory = metric(40, "shop", name), metric(9, "shop", "process.memory.usage")
    features = Features(own_time=3.0, resource=4.0)
    assert kind_of(features, follows, memory) is FaultKind.MEMORY_PRESSURE
    assert kind_of(features, follows) is FaultKind.CPU_SATURATION
