"""JSON records and folders: keys by name, by map, broken lines told."""

import datetime as dt
import json
from pathlib import Path

import pytest

from knowledge.importing import parse_field_map, read_sources, understand_record
from knowledge.importing.values import find_date
from tools.errors import FormatError, InputError
from tools.faults import FaultKind

RECORD: dict[str, object] = {
    "id": "inc/7",
    "headline": "Cart empties itself",
    "time": "03/14/2026",
    "services": ["cart", {"store": "redis"}],
    "summary": "Carts are empty after login.",
    "manifestation": [{"kpi": ["lost items"]}],
    "cause_text": "Eviction.",
    "mitigation": "More memory.",
    "fault_type": "Memory pressure",
    "review_comment": "A long comment that fits no field but should not be lost on import.",
    "usable": True,
}


def test_keys_are_recognised_by_name() -> None:
    understood = understand_record(RECORD, "f.jsonl:1")
    draft = understood.postmortem
    assert draft.title == "Cart empties itself"
    assert draft.date == dt.date(2026, 3, 14)
    assert draft.services == ("cart", "redis")
    assert draft.symptoms == "Carts are empty after login.\n\nlost items"
    assert (draft.root_cause, draft.resolution) == ("Eviction.", "More memory.")
    assert draft.fault_kind is FaultKind.MEMORY_PRESSURE
    assert understood.names == ("inc/7", "f.jsonl:1")


def test_unknown_keys_are_told_and_long_texts_kept() -> None:
    understood = understand_record(RECORD, "f.jsonl:1")
    assert understood.left == ("review_comment", "usable")
    assert "should not be lost" in understood.postmortem.notes


def test_field_map_wins_over_names() -> None:
    mapped = understand_record(RECORD, "f:1", parse_field_map("symptoms=review_comment, resolution=cause_text"))
    assert mapped.postmortem.symptoms.startswith("A long comment")
    assert mapped.postmortem.resolution == "Eviction."
    assert mapped.postmortem.root_cause == ""
    assert "summary" in mapped.left


@pytest.mark.parametrize("text", ["symptoms", "symptoms=", "colour=blue", "=a"])
def test_wrong_field_map_is_refused_with_the_form(text: str) -> None:
    with pytest.raises(InputError, match=r"FIELD=KEY"):
        parse_field_map(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("on 2026-03-01 at noon", dt.date(2026, 3, 1)),
        ("1st Mar 2026", dt.date(2026, 3, 1)),
        ("March 1st, 2026", dt.date(2026, 3, 1)),
        ("3/1/2026", dt.date(2026, 3, 1)),
        ("31/12/2026", dt.date(2026, 12, 31)),
        ("2026-13-01 then 2026-01-02", dt.date(2026, 1, 2)),
        ("version 1.2.3, 99/99/2026", None),
    ],
)
def test_dates_are_read_in_the_usual_spellings(text: str, expected: dt.date | None) -> None:
    assert find_date(text) == expected


def test_folder_is_read_in_order_with_broken_lines_told(tmp_path: Path) -> None:
    (tmp_path / "b.jsonl").write_text(json.dumps(RECORD) + '\n{"broken\n[1]\n')
    (tmp_path / "a.md").write_text("# One\n\nslow\n")
    (tmp_path / "bad.md").write_bytes(b"\xff")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "x.md").write_text("no")
    found, problems = read_sources(tmp_path)
    assert [item.source for item in found] == ["a.md", "b.jsonl:1"]
    assert [(problem.path.name, problem.line) for problem in problems] == [
        ("b.jsonl", 2),
        ("b.jsonl", 3),
        ("bad.md", 0),
    ]


def test_json_array_is_as_good_as_lines(tmp_path: Path) -> None:
    (tmp_path / "all.json").write_text(json.dumps([RECORD, RECORD]))
    found, _ = read_sources(tmp_path / "all.json")
    assert [item.source for item in found] == ["all.json:1", "all.json:2"]


def test_nothing_to_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="nothing to import"):
        read_sources(tmp_path)
    with pytest.raises(FormatError, match="nothing at"):
        read_sources(tmp_path / "no")


def test_broken_front_matter_is_told_by_line_and_its_text_kept(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(
        "---\ntitle: Seats\nowner: [ana\n---\n# Seats\n\nNobody could sit.\n", encoding="utf-8"
    )
    (understood,), (problem,) = read_sources(tmp_path)
    assert problem.line in {3, 4}
    assert "not YAML" in problem.text
    assert "taken as text" in problem.text
    assert "Nobody could sit." in understood.postmortem.symptoms + understood.postmortem.notes


def test_an_empty_value_is_not_understood(tmp_path: Path) -> None:
    (tmp_path / "seats.md").write_text(
        '---\ntitle: ""\nowner: ana\nservices: []\n---\n\nNobody sat.\n', encoding="utf-8"
    )
    (understood,), problems = read_sources(tmp_path)
    assert problems == []
    assert {"title", "services"}.isdisjoint(understood.understood)
    assert understood.understood["owner"] == ("owner",)
    assert understood.postmortem.title == "seats"


def test_an_empty_title_is_missing_and_not_understood() -> None:
    understood = understand_record({"title": " ", "symptoms": "slow", "tags": [], "cause": "a lock"}, "f.jsonl:1")
    assert "title" not in understood.understood
    assert understood.missing == ("title", "resolution")
    assert understood.postmortem.title == "f.jsonl:1"
    assert understood.left == ()


@pytest.mark.parametrize(
    "value", [dt.date(2026, 3, 1), [dt.date(2026, 3, 1)], dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)]
)
def test_a_day_that_was_parsed_already_is_a_date(value: object) -> None:
    assert understand_record({"title": "Slow", "date": value}, "f:1").postmortem.date == dt.date(2026, 3, 1)
