"""An alarm that the data confirm leaves little room for "nothing is at fault"."""

import pytest

from agent.ranking import Picture, rank_hypotheses, shipped_weights
from agent.ranking.alarm import Alarm, nothing_at_most
from tests.agent.ranking.builders import GRAPH, found, metric
from tools.evidence import Evidence, EvidenceKind

ALARM = Alarm("shop", "", 0.1)


@pytest.mark.parametrize(
    "item",
    [
        found(EvidenceKind.LATENCY_TOTAL, 4, service="shop", operation="buy"),
        found(EvidenceKind.ERRORS_PROPAGATED, 4, service="shop", operation="buy"),
        metric(4, "shop", "http.server.request.duration"),
        metric(4, "shop", "failed_requests"),
    ],
)
def test_what_callers_of_the_service_feel_confirms_it(item: Evidence) -> None:
    assert ALARM.confirmed([item])
    assert nothing_at_most(ALARM, [item]) == 0.1
    assert not ALARM.confirmed([item.model_copy(update={"uncertain": True})])
    assert nothing_at_most(None, [item]) == 1.0


@pytest.mark.parametrize(
    "item",
    [
        found(EvidenceKind.LATENCY_TOTAL, 4, service="store", operation="read"),
        found(EvidenceKind.LATENCY_TOTAL, -4, service="shop", operation="buy"),
        found(EvidenceKind.LOG_NEW, 9, service="shop"),
        metric(9, "shop", "cpu_usage"),
        metric(-9, "shop", "latency_p99"),
    ],
)
def test_other_evidence_does_not(item: Evidence) -> None:
    assert not ALARM.confirmed([item])
    assert nothing_at_most(ALARM, [item]) == 1.0


def test_an_alarm_on_a_metric_is_confirmed_by_that_metric_alone() -> None:
    """Whatever it measures, and in whichever direction it went: the alarm knows what is bad."""
    alarm = Alarm("shop", "Availability_Average", 0.1)
    assert alarm.confirmed([metric(-5, "shop", "availability_average{zone=a}")])
    assert not alarm.confirmed([metric(5, "shop", "latency_average")])


def test_a_confirmed_alarm_raises_all_confidences_and_keeps_the_order() -> None:
    evidence = [metric(3, "store", "cpu_usage"), metric(2, "admin", "cpu_usage"), metric(2, "shop", "latency_p99")]
    everyone = frozenset({"shop", "store", "admin"})
    quiet = rank_hypotheses(Picture(evidence, GRAPH, everyone, frozenset()), shipped_weights())
    alarmed = rank_hypotheses(Picture(evidence, GRAPH, everyone, frozenset(), alarm=ALARM), shipped_weights())
    assert [h.component for h in alarmed] == [h.component for h in quiet]
    assert sum(h.confidence for h in quiet) < 0.9
    assert sum(h.confidence for h in alarmed) == pytest.approx(0.9)
