"""A change is blamed only for what came after it."""

from __future__ import annotations

import pytest

from agent.ranking.blamed_change import changed_to
from agent.ranking.features import Features
from tests.agent.ranking.builders import at, found, scene, series
from tools.evidence import Evidence, EvidenceKind
from tools.faults import FaultKind

FEATURES = Features(own_time=4.0, change=1.0)


def change(second: float, words: str = "config of shop by m.k 0.2 min before") -> Evidence:
    item = found(EvidenceKind.CHANGE, 1.0, service="shop")
    return item.model_copy(update={"onset": at(second), "statement": words})


def symptom(second: float, effect: float = 90.0, kind: EvidenceKind = EvidenceKind.LATENCY_SELF) -> Evidence:
    item = found(kind, effect, 1.0, service="shop")
    return item.model_copy(update={"onset": at(second), "samples": (series([1, 1, 9, 9], "p90 per bucket"),)})


def blamed(*evidence: Evidence) -> FaultKind | None:
    return changed_to(scene("shop", FEATURES, *evidence))


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("config", FaultKind.BAD_CONFIGURATION),
        ("flag", FaultKind.BAD_CONFIGURATION),
        ("deploy", FaultKind.BAD_DEPLOY),
        ("event", FaultKind.RESTART),
        ("migration", FaultKind.BAD_DEPLOY),
    ],
)
def test_the_kind_of_change_tells_the_kind_of_fault(word: str, kind: FaultKind) -> None:
    assert blamed(symptom(60), change(55, f"{word} of shop")) is kind


def test_a_change_after_the_first_symptom_is_innocent() -> None:
    assert blamed(symptom(60), change(73)) is None
    assert blamed(symptom(60, kind=EvidenceKind.ERRORS_ORIGIN), change(62)) is None


def test_a_symptom_that_is_dated_to_a_bucket_may_have_begun_at_its_end() -> None:
    assert blamed(symptom(60), change(68)) is FaultKind.BAD_CONFIGURATION


def test_of_two_changes_the_one_before_counts() -> None:
    assert blamed(symptom(60), change(90, "deploy of shop"), change(58, "flag of shop")) is FaultKind.BAD_CONFIGURATION


def test_of_two_changes_before_the_last_one_counts() -> None:
    assert blamed(symptom(60), change(50, "config of shop"), change(58, "deploy of shop")) is FaultKind.BAD_DEPLOY
    assert blamed(symptom(60), change(58, "deploy of shop"), change(50, "config of shop")) is FaultKind.BAD_DEPLOY


def test_weak_findings_date_nothing() -> None:
    """A busy machine moves much by a little; a line that says "reloaded" is written by the change."""
    assert blamed(symptom(60), symptom(10, effect=4.0), change(55)) is FaultKind.BAD_CONFIGURATION


def test_without_a_dated_symptom_a_change_is_all_there_is() -> None:
    assert blamed(change(55)) is FaultKind.BAD_CONFIGURATION
    assert blamed(symptom(60)) is None
