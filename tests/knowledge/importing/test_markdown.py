"""Free-form Markdown: usual headings, unusual ones, none at all."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from knowledge.importing import understand_markdown

REPORT = """# Seat map down

| Field | Value |
|---|---|
| Severity | SEV-2 |
| Owner | team-seats |

- Services: seats, gateway

## Issue Summary

On March 1st, 2026 the seat map was empty.

### Who saw it

Everybody.

## 2. Root Cause Analysis:

A cache was filled with an empty list.

## Timeline (UTC)

10:00 first complaint

## Resolution and recovery

Emptied the cache.
"""


def test_usual_headings_become_sections() -> None:
    understood = understand_markdown(REPORT, "2026/seat-map.md")
    draft = understood.postmortem
    assert draft.title == "Seat map down"
    assert draft.symptoms == "On March 1st, 2026 the seat map was empty.\n\n### Who saw it\n\nEverybody."
    assert draft.root_cause == "A cache was filled with an empty list."
    assert draft.resolution == "Emptied the cache."
    assert understood.understood["root_cause"] == ("2. Root Cause Analysis:",)
    assert understood.missing == ()


def test_facts_above_the_first_section_are_read() -> None:
    draft = understand_markdown(REPORT, "seat-map.md").postmortem
    assert (draft.severity, draft.owner, draft.services) == ("SEV-2", "team-seats", ("seats", "gateway"))
    assert draft.date == dt.date(2026, 3, 1)


def test_what_fits_no_field_is_told_and_kept() -> None:
    understood = understand_markdown(REPORT, "seat-map.md")
    assert "Timeline (UTC)" in understood.left
    assert "10:00 first complaint" in understood.postmortem.notes


def test_without_headings_the_first_paragraph_is_the_symptom() -> None:
    understood = understand_markdown("The shop was down.\n\nWe restarted it on 2026-02-03.", "2025-01-02-shop.md")
    assert understood.postmortem.symptoms == "The shop was down."
    assert understood.postmortem.notes == "We restarted it on 2026-02-03."
    assert understood.postmortem.date == dt.date(2025, 1, 2)
    assert understood.missing == ("title", "root_cause", "resolution")


def test_foreign_front_matter_is_understood_as_far_as_possible() -> None:
    text = "---\nname: Mail stuck\nsev: 2\nteam: mail\nlabels: [x]\n---\nNo mails.\n"
    understood = understand_markdown(text, "m.md")
    assert (understood.postmortem.title, understood.postmortem.severity, understood.postmortem.owner) == (
        "Mail stuck",
        "2",
        "mail",
    )
    assert understood.left == ("labels",)


def test_heading_in_a_code_fence_is_text() -> None:
    draft = understand_markdown("# T\n\n## Summary\n\n```\n# Root cause\n```\nslow\n", "t.md").postmortem
    assert draft.root_cause == ""
    assert "# Root cause" in draft.symptoms


@given(st.text())
def test_any_text_gives_a_draft(text: str) -> None:
    assert understand_markdown(text, "any.md").postmortem.title


@given(st.lists(st.sampled_from(["# A", "## Summary", "### B", "## Fix", "word", "", "## Zeal"]), max_size=12))
def test_no_line_of_prose_is_lost(lines: list[str]) -> None:
    draft = understand_markdown("\n".join(lines), "any.md").postmortem
    text = "\n".join([draft.symptoms, draft.root_cause, draft.resolution, draft.validation, draft.notes])
    assert text.split("\n").count("word") == lines.count("word")


def test_front_matter_keeps_its_day_and_an_empty_title_gives_way_to_the_heading() -> None:
    text = '---\ntitle: ""\ndate: 2026-03-01\ntags: []\n---\n# Carts are empty\n\n## Impact\n\nNobody could buy.\n'
    understood = understand_markdown(text, "a.md")
    assert understood.postmortem.title == "Carts are empty"
    assert understood.postmortem.date == dt.date(2026, 3, 1)
    assert understood.understood["title"] == ("Carts are empty",)
    assert understood.left == ()


def test_without_any_title_the_name_of_the_file_stands_for_it_and_is_said_to() -> None:
    understood = understand_markdown("Nobody could buy.\n", "2026/carts.md")
    assert understood.postmortem.title == "carts"
    assert understood.missing[0] == "title"
