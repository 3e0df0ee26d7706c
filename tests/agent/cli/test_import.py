"""`whydown import otlp` as a user runs it."""

import json
from pathlib import Path

import pytest

from tests.agent.cli.command_line import Whydown
from tests.tools.otlp.messages import log, logs, otlp_json, span, traces


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return a file with three spans, one of them unusable, a log line and a broken line."""
    monkeypatch.chdir(tmp_path)
    good = otlp_json(traces([span(1), span(2), span(3, trace_id=b"")]))
    Path("telemetry.jsonl").write_bytes(good + b"\n" + otlp_json(logs([log()])) + b"\n{broken\n")
    return "telemetry.jsonl"


def test_it_says_what_was_imported_and_what_was_not(file: str, whydown: Whydown) -> None:
    ended = whydown("import", "otlp", file, "--into", "incident")
    assert ended.code == 0
    assert "imported 2 spans, 1 log line, 0 metric points from 1 file" in ended.out
    assert "unusable: 1 span" in ended.out
    assert "telemetry.jsonl: line 1: 1 unusable, no valid trace id or span id" in ended.out
    assert "telemetry.jsonl: line 3: not JSON" in ended.out
    assert max(map(len, ended.out.splitlines())) <= 80


def test_importing_again_says_that_it_was_there(file: str, whydown: Whydown) -> None:
    whydown("import", "otlp", file, "--into", "incident")
    ended = whydown("import", "otlp", file, "--into", "incident")
    assert ended.code == 0
    assert "imported 0 spans" in ended.out
    assert "already there: 2 spans, 1 log line, 0 metric points" in ended.out


def test_what_was_imported_can_be_looked_at(file: str, whydown: Whydown) -> None:
    whydown("import", "otlp", file, "--into", "incident")
    ended = whydown("show", "incident", "logs", "--search", "hello")
    assert (ended.code, ended.err) == (0, "")
    assert "hello" in ended.out


def test_json_output_is_stable(file: str, whydown: Whydown) -> None:
    ended = whydown("import", "otlp", file, "--into", "incident", "--json")
    report = json.loads(ended.out)
    assert len(report.pop("problems")) == 2
    assert report == {
        "files": 1,
        "read": {"traces": 2, "logs": 1},
        "added": {"traces": 2, "logs": 1},
        "unusable": {"traces": 1},
        "unreadable": 1,
        "left_out": 0,
    }


@pytest.mark.parametrize("content", [b"", b"garbage", b"\x1f\x8bgarbage", b"\xff" * 100])
def test_bad_input_is_one_line_and_an_exit_code(file: str, whydown: Whydown, content: bytes) -> None:
    Path("bad").write_bytes(content)
    ended = whydown("import", "otlp", "bad", "--into", "incident")
    assert ended.code == 2
    (line,) = ended.err.splitlines()
    assert line.startswith("whydown: nothing to import")


def test_a_missing_file_is_one_line_and_an_exit_code(file: str, whydown: Whydown) -> None:
    ended = whydown("import", "otlp", file, "missing", "--into", "incident")
    assert (ended.code, ended.err) == (2, "whydown: no file at missing: give files of OTLP, JSON lines or protobuf\n")
    assert not Path("incident").exists()
