from __future__ import annotations

import pytest

from agent.ci.telemetry import fit_to_failures
from agent.schema import Hypothesis
from tools.evidence import Evidence, EvidenceKind, Subject
from tools.faults import FaultKind


def evidence(number: int, kind: EvidenceKind) -> Evidence:
    return Evidence(id=f"E{number}", kind=kind, subject=Subject(kind="service", name="s"), statement="s", query="q")


EVIDENCE = [evidence(1, EvidenceKind.CALLS_VANISHED), evidence(2, EvidenceKind.ERRORS_ORIGIN)]


def hypothesis(rank: int, component: str, confidence: float, supports: str) -> Hypothesis:
    return Hypothesis(
        rank=rank,
        component=component,
        fault_kind=FaultKind.UNKNOWN,
        cause="c",
        confidence=confidence,
        supports=(supports,),
        next_check="n",
    )


def ranked(*given: Hypothesis, known: list[Evidence] = EVIDENCE) -> list[tuple[int, str, float]]:
    return [(one.rank, one.component, one.confidence) for one in fit_to_failures(given, known)]


def test_what_explains_failing_requests_comes_before_what_differs_otherwise() -> None:
    found = ranked(hypothesis(1, "cache", 0.6, "E1"), hypothesis(2, "stock", 0.3, "E2"), hypothesis(3, "x", 0.1, "E1"))
    assert found == [(1, "stock", 0.3), (2, "cache", 0.3), (3, "x", 0.1)]


@pytest.mark.parametrize(("confidence", "known"), [(0.1, EVIDENCE), (0.3, EVIDENCE[:1])])
def test_without_failing_requests_or_a_sure_cause_of_them_nothing_moves(
    confidence: float, known: list[Evidence]
) -> None:
    given = hypothesis(1, "cache", 0.6, "E1"), hypothesis(2, "stock", confidence, "E2")
    assert ranked(*given, known=known) == [(1, "cache", 0.6), (2, "stock", confidence)]
