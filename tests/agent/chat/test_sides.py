"""Which evidence is shown beside a hypothesis."""

from agent.chat.sides import Shelf, counts
from tests.agent.render import sample
from tools.evidence import Evidence, EvidenceKind, Subject

FIRST, EVIDENCE = sample.FIRST, sample.EVIDENCE


def test_for_comes_first_then_against_then_missing_each_strongest_first() -> None:
    items = Shelf(EVIDENCE).items(FIRST)
    assert [(item.side, item.key) for item in items] == [
        ("for", "E1"),
        ("for", "E3"),
        ("against", "E2"),
        ("missing", "gap:a CPU profile of payment"),
    ]
    assert counts(FIRST) == {"for": 2, "against": 1, "missing": 1}


def test_one_side_or_everything_can_be_shown() -> None:
    assert [item.key for item in Shelf(EVIDENCE).items(FIRST, "against")] == ["E2"]
    assert [item.side for item in Shelf(EVIDENCE).items(FIRST, "all")] == ["for", "for", "against", "missing", "other"]


def test_without_a_hypothesis_all_evidence_is_shown() -> None:
    assert len(Shelf(EVIDENCE).items(None)) == len(EVIDENCE)


def test_pinned_findings_stay_on_top_whatever_is_selected() -> None:
    items = Shelf(EVIDENCE).items(FIRST, "against", pinned={"E4"})
    assert [(item.key, item.pinned) for item in items] == [("E4", True), ("E2", False)]


def test_search_finds_text_and_ids_in_any_case() -> None:
    assert [item.key for item in Shelf(EVIDENCE).items(FIRST, "all", "LOCK")] == ["E3"]
    assert [item.key for item in Shelf(EVIDENCE).items(FIRST, "all", "e4")] == ["E4"]
    assert [item.key for item in Shelf(EVIDENCE).items(FIRST, "all", "profile")] == ["gap:a CPU profile of payment"]


def test_what_a_person_has_seen_comes_before_measurements() -> None:
    seen = Evidence(id="E9", kind=EvidenceKind.OBSERVATION, subject=Subject(kind="system"), statement="seen", query="q")
    first = FIRST.model_copy(update={"supports": ("E1", "E9")})
    assert [item.key for item in Shelf([*EVIDENCE, seen]).items(first, "for")] == ["E9", "E1"]
