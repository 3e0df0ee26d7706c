"""Reading a postmortem: whole, or every problem with its line."""

import datetime as dt
from pathlib import Path

import pytest

from knowledge.postmortem import Postmortem, Problem, Status, parse_postmortem, read_postmortem
from tools.faults import FaultKind

WHOLE = """---
id: PM-7
title: Bookings wait for a database connection
date: 2026-03-01
status: confirmed
services: [booking, seats]
dependencies: postgres, redis
fault_kind: pool_exhausted
severity: high
owner: team-seats
links:
  - https://example.org/tickets/7
useful_in: [run-1, run-2]
provenance:
  run: 20260301T100000-abc
  confirmed_by: ana
  confirmed_at: 2026-03-01T12:00:00Z
---

# Bookings wait for a database connection

## Symptoms

Bookings take 30 seconds, then fail.

```
## Root cause
```

## Root cause

The pool of the seats service had 5 connections.

## Timeline

10:00 first page.

## Resolution
Raised the pool to 40.
"""


def parse(text: str) -> tuple[Postmortem | None, list[Problem]]:
    return parse_postmortem(text, Path("pm.md"))


def problems(text: str) -> list[str]:
    postmortem, found = parse(text)
    assert postmortem is None
    return [str(problem) for problem in found]


def test_every_field_and_section_is_read() -> None:
    postmortem, found = parse(WHOLE)
    assert found == []
    assert postmortem is not None
    assert postmortem.id == "PM-7"
    assert postmortem.date == dt.date(2026, 3, 1)
    assert postmortem.status is Status.CONFIRMED
    assert postmortem.services == ("booking", "seats")
    assert postmortem.dependencies == ("postgres", "redis")
    assert postmortem.fault_kind is FaultKind.POOL_EXHAUSTED
    assert postmortem.provenance.confirmed_by == "ana"
    assert postmortem.usefulness == 2
    assert postmortem.root_cause == "The pool of the seats service had 5 connections."
    assert postmortem.resolution == "Raised the pool to 40."


def test_heading_inside_a_code_fence_starts_no_section() -> None:
    postmortem, _ = parse(WHOLE)
    assert postmortem is not None
    assert postmortem.symptoms.endswith("```\n## Root cause\n```")


def test_section_without_a_field_is_kept_in_the_notes() -> None:
    postmortem, _ = parse(WHOLE)
    assert postmortem is not None
    assert postmortem.notes == "## Timeline\n\n10:00 first page."


def test_empty_keys_mean_unset() -> None:
    postmortem, found = parse("---\nid: PM-1\ntitle: T\ndate:\nservices:\nowner:\n---\n")
    assert (found, postmortem) == ([], Postmortem(id="PM-1", title="T"))


def test_windows_line_ends_and_a_byte_order_mark_are_accepted() -> None:
    postmortem, found = parse("\ufeff---\r\nid: PM-1\r\ntitle: T\r\n---\r\n## Symptoms\r\nslow\r\n")
    assert found == []
    assert postmortem is not None
    assert postmortem.symptoms == "slow"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# just text\n", "pm.md:1: no front matter"),
        ("---\nid: PM-1\ntitle: T\n", "pm.md:1: the front matter is not closed"),
        ("---\nid: PM-1\ntitle: [T\n---\n", "pm.md:4: not YAML"),
        ("---\n- id\n---\n", "pm.md:2: the front matter is not a list"),
        ("---\nid: PM-1\ntitle: T\nid: PM-2\n---\n", "pm.md:4: id is given twice"),
        ("---\nid: &a PM-1\ntitle: *a\n---\n", "pm.md:2: anchors and aliases"),
        ("---\nid: PM-1\ntitle: T\nseverty: high\n---\n", "pm.md:4: unknown key 'severty'"),
        ("---\nid: PM-1\ntitle: T\nstatus: done\n---\n", "pm.md:4: status: input should be 'draft'"),
        ("---\nid: PM-1\ntitle: T\nfault_kind: gremlins\n---\n", "pm.md:4: fault_kind: input should be"),
        ("---\nid: PM-1\ntitle: T\ndate: 2026-13-45\n---\n", "pm.md:1: a value cannot be read"),
        ("---\nid: PM-1\ntitle: T\ndate: soon\n---\n", "pm.md:4: date: input should be a valid date"),
        ("---\nid: ../../etc/passwd\ntitle: T\n---\n", "pm.md:2: id: string should match pattern"),
        ("---\nid: PM-1\n---\n", "pm.md:1: title: field required"),
        ("---\nid: PM-1\ntitle: T\n---\n## Symptoms\na\n## Symptoms\nb\n", "pm.md:7: a second section 'Symptoms'"),
    ],
)
def test_problem_names_the_line(text: str, expected: str) -> None:
    assert problems(text)[0].startswith(expected)


def test_all_problems_of_a_file_are_told_at_once() -> None:
    text = "---\nid: PM-1\ntitle: T\nstatus: done\nfault_kind: gremlins\n---\n"
    assert [line.split(":")[1] for line in problems(text)] == ["4", "5"]


def test_nesting_without_end_is_a_problem_not_a_crash() -> None:
    assert "nested too deeply" in problems(f"---\nid: {'[' * 5000}{']' * 5000}\n---\n")[0]


def test_bytes_that_are_no_text_are_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "pm.md"
    path.write_bytes(b"---\nid: PM-1\ntitle: \xff\xfe\n---\n")
    assert read_postmortem(path) == (None, [Problem(path, 3, "not UTF-8")])


def test_missing_file_is_a_problem(tmp_path: Path) -> None:
    postmortem, found = read_postmortem(tmp_path / "gone.md")
    assert postmortem is None
    assert "No such file" in found[0].text
