"""Telemetry that attacks whoever reads it: escapes, markup, shell and SQL syntax, floods."""

import json
import re
import shlex
from pathlib import Path

import pytest

from tests.agent.cli.command_line import Whydown
from tests.builders import Folder, Log, Span, gauge

NASTY = "a\x1b]0;owned\x07\x1b[2J[bold]'; DROP TABLE span; --$(rm -rf ~) \u202e<img src=x> @team"
LOUD = "\x1b[31m" + "z" * 1_000_000


@pytest.fixture
def hostile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return an incident folder in which every name is hostile and one operation is slow."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("WHYDOWN_RUNS", raising=False)
    spans = [
        Span(f"t{n}", "a", service=NASTY, operation=NASTY, at=n, ms=5 + n % 3 + (80 if n > 70 else 0), pod=NASTY)
        for n in range(120)
    ]
    folder = (
        Folder(tmp_path / "hostile")
        .spans(*spans)
        .incident(
            description=NASTY,
            **{
                "normal_window_unix": [1_700_000_000, 1_700_000_060],
                "fault_window_unix": [1_700_000_060, 1_700_000_120],
            },
        )
    )
    folder.logs(*(Log(NASTY, NASTY if n < 70 else LOUD, at=n) for n in range(0, 120, 5)))
    folder.metrics(*gauge(NASTY, NASTY, [1, 1, 2, 1, 1, 2, *[90] * 6]))
    folder.change(58, NASTY, NASTY, NASTY, NASTY)
    return "hostile"


def check(out: str) -> None:
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", out)
    assert max(map(len, out.splitlines())) <= 80


def test_a_report_shows_hostile_names_as_plain_text(hostile: str, whydown: Whydown) -> None:
    ended = whydown("investigate", hostile, "--all")
    assert ended.code == 0
    check(ended.out)
    assert "[bold]" in ended.out


def test_markdown_has_no_hostile_markup(hostile: str, whydown: Whydown) -> None:
    out = whydown("investigate", hostile, "--markdown", "--all").out
    prose = re.sub(r"```.*?```|`[^`\n]+`", "", out, flags=re.DOTALL)
    assert "<img" not in prose
    assert "@team" not in prose


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["traces"],
        ["traces", "--table", "entries"],
        ["traces", "--trace", "t80"],
        ["traces", "--table", "slowest", "--service", NASTY],
        ["logs"],
        ["logs", "--search", "z"],
        ["metrics"],
        ["changes"],
        ["topology"],
    ],
)
def test_tables_show_hostile_names_as_plain_text(hostile: str, whydown: Whydown, arguments: list[str]) -> None:
    ended = whydown("show", hostile, *arguments)
    assert ended.code == 0
    check(ended.out)


def test_a_cited_command_still_finds_its_subject(hostile: str, whydown: Whydown) -> None:
    evidence = json.loads(whydown("investigate", hostile, "--json").out)["evidence"]
    item = next(item for item in evidence if item["kind"].startswith("latency"))
    rows = json.loads(whydown(*shlex.split(item["query"])[1:], "--json").out)["rows"]
    assert [row["service"] for row in rows] == [NASTY]


def test_sql_with_hostile_windows_or_names_is_refused_or_quoted(hostile: str, whydown: Whydown) -> None:
    assert whydown("show", hostile, "traces", "--incident", "'; DROP TABLE x; --..2026-01-01").code == 2
    ended = whydown("show", hostile, "traces", "--table", "slowest", "--service", "x' OR '1'='1")
    assert ended.code == 2
    assert "no telemetry of a service" in ended.err
