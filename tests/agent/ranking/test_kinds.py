"""Which kind of fault, by what was found."""

from __future__ import annotations

import pytest

from agent.ranking.features import Features
from agent.ranking.kinds import Sender, fault_kind
from agent.ranking.model import shipped_weights
from tests.agent.ranking.builders import found, metric
from tools.evidence import Evidence, EvidenceKind, Sample
from tools.faults import FaultKind

SPANS = Sender(instrumented=True, measured=True)
NO_SPANS = Sender(instrumented=False, measured=True)


def kind_of(features: Features, *evidence: Evidence, sender: Sender = SPANS) -> FaultKind:
    return fault_kind("shop", features, list(evidence), sender, shipped_weights())


def logged(text: str) -> Evidence:
    item = found(EvidenceKind.LOG_NEW, 9, service="shop")
    return item.model_copy(update={"statement": f"shop logged 9 times ERROR “{text}”, 0 expected from the baseline"})


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


def test_calls_that_do_not_arrive_are_a_partition() -> None:
    lost = found(EvidenceKind.ERRORS_ORIGIN, 9, service="front", peer="shop")
    assert kind_of(Features(behaviour=3.0), lost) is FaultKind.NETWORK_PARTITION


@pytest.mark.parametrize(
    ("evidence", "kind"),
    [
        (found(EvidenceKind.ERRORS_ORIGIN, 9, service="front", peer="shop"), FaultKind.DEPENDENCY_DOWN),
        (found(EvidenceKind.LATENCY_EDGE, 9, 1.0, service="front", peer="shop"), FaultKind.DEPENDENCY_SLOW),
    ],
)
def test_who_sends_no_spans_is_a_dependency(evidence: Evidence, kind: FaultKind) -> None:
    assert kind_of(Features(wire_in=3.0), evidence, sender=NO_SPANS) is kind


def test_a_resource_is_named_by_its_metric_and_idle_resources_clear_it() -> None:
    busy = metric(40, "shop", "process.cpu.utilization")
    assert kind_of(Features(own_time=4.0, resource=4.0), busy) is FaultKind.CPU_SATURATION
    full = metric(40, "shop", "memory.usage")
    assert kind_of(Features(own_time=3.0, resource=4.0), full) is FaultKind.MEMORY_PRESSURE
    slow = found(EvidenceKind.LATENCY_SELF, 40, 1.0, service="shop")
    assert kind_of(Features(own_time=5.0), slow) is FaultKind.SLOW_CODE
