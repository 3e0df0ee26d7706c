from __future__ import annotations

import pytest

from tests.contract.recorded import Tolerance, assert_same, recorded, survey
from tools.window import Scope, TimeWindow

ANALYSERS = ("latency", "errors", "structure", "logs", "metrics")


def test_the_embedded_store_agrees_with_itself() -> None:
    """The yardstick: without this the other tests prove nothing."""
    once, again = recorded(), recorded()
    found = survey(once.telemetry, once.scope, *ANALYSERS)
    assert len([item for item in found if abs(item.effect) > 3]) > 5
    assert_same(found, survey(again.telemetry, again.scope, *ANALYSERS), Tolerance())


def test_a_source_without_the_finding_fails_the_contract() -> None:
    there = recorded()
    found = survey(there.telemetry, there.scope, "latency")
    with pytest.raises(AssertionError, match="missing"):
        assert_same(found, found[5:], Tolerance())


def test_a_source_with_other_numbers_fails_the_contract() -> None:
    there = recorded()
    found = survey(there.telemetry, there.scope, "latency")
    start, end = there.scope.incident.start_ns, there.scope.incident.end_ns
    half = TimeWindow(start_ns=(start + end) // 2, end_ns=end)
    other = survey(there.telemetry, Scope.of(half, list(there.scope.baseline)), "latency")
    with pytest.raises(AssertionError):
        assert_same(found, other, Tolerance(relative=0.001))
