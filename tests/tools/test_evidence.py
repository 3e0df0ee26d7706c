"""Evidence: labels for people, ids for citing, JSON for the report."""

from __future__ import annotations

import datetime as dt

import pytest
from pydantic import ValidationError

from tools.evidence import Evidence, EvidenceKind, Sample, Subject, numbered, onset_of

PLAIN = Evidence(
    kind=EvidenceKind.LATENCY_SELF,
    subject=Subject(kind="operation", service="pay", operation="/charge"),
    statement="self-time of pay /charge rose from 10 ms to 90 ms",
    query="whydown show …",
)


@pytest.mark.parametrize(
    ("subject", "label"),
    [
        (Subject(kind="operation", service="pay", operation="/charge"), "pay /charge"),
        (Subject(kind="edge", service="front", peer="pay", operation="call"), "front → pay call"),
        (Subject(kind="metric", service="pay", pod="pay-1", name="cpu"), "pay pay-1 cpu"),
        (Subject(kind="operation", service="pay", pod="pay-1"), "pay"),
        (Subject(kind="system"), "system"),
    ],
)
def test_labels(subject: Subject, label: str) -> None:
    assert subject.label() == label


def test_numbers_run_on_and_leave_the_rest_alone() -> None:
    found = numbered([PLAIN, PLAIN], first=4)
    assert [item.id for item in found] == ["E4", "E5"]
    assert found[0].model_copy(update={"id": ""}) == PLAIN


def test_analyser_is_the_part_before_the_dot() -> None:
    assert PLAIN.analyser == "latency"


def test_every_kind_is_analyser_dot_finding() -> None:
    assert all(kind.value.count(".") == 1 for kind in EvidenceKind)


def test_evidence_survives_json() -> None:
    series = Sample(kind="series", ref="median", times=(1, 2), values=(0.5, 1.5))
    full = PLAIN.model_copy(update={"onset": onset_of(1_700_000_000_000_000_000), "samples": (series,)})
    assert Evidence.model_validate_json(full.model_dump_json()) == full


def test_onset_is_utc_and_may_be_missing() -> None:
    assert onset_of(None) is None
    assert onset_of(1_500_000_000) == dt.datetime(1970, 1, 1, 0, 0, 1, 500_000, tzinfo=dt.UTC)


def test_an_onset_without_zone_is_refused() -> None:
    with pytest.raises(ValidationError):
        Evidence.model_validate({**PLAIN.model_dump(), "onset": "2026-01-01T00:00:00"})
