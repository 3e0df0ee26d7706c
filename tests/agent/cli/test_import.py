"""`whydown import otlp` as a user runs it."""

import json
from pathlib import Path

import pytest

from agent.cli import main
from tests.tools.otlp.messages import log, logs, otlp_json, span, traces


def whydown(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """Run the command line as a process would and return its exit code."""
    monkeypatch.setattr("sys.argv", ["whydown", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a file with three spans, one of them unusable, a log line and a broken line."""
    monkeypatch.chdir(tmp_path)
    good = otlp_json(traces([span(1), span(2), span(3, trace_id=b"")]))
    Path("telemetry.jsonl").write_bytes(good + b"\n" + otlp_json(logs([log()])) + b"\n{broken\n")
    return Path("telemetry.jsonl")


def test_it_says_what_was_imported_and_what_was_not(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert whydown(monkeypatch, "import", "otlp", str(file), "--into", "incident") == 0
    out = capsys.readouterr().out
    assert "imported 2 spans, 1 log line, 0 metric points from 1 file" in out
    assert "unusable: 1 span" in out
    assert "telemetry.jsonl: line 1: 1 unusable, no valid trace id or span id" in out
    assert "telemetry.jsonl: line 3: not JSON" in out


def test_importing_again_says_that_it_was_there(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    whydown(monkeypatch, "import", "otlp", str(file), "--into", "incident")
    capsys.readouterr()
    assert whydown(monkeypatch, "import", "otlp", str(file), "--into", "incident") == 0
    out = capsys.readouterr().out
    assert "imported 0 spans" in out
    assert "already there: 2 spans, 1 log line, 0 metric points" in out


def test_json_output_is_stable(file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert whydown(monkeypatch, "import", "otlp", str(file), "--into", "incident", "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert report.pop("problems")
    assert report == {
        "files": 1,
        "read": {"traces": 2, "logs": 1},
        "added": {"traces": 2, "logs": 1},
        "unusable": {"traces": 1},
        "unreadable": 1,
        "left_out": 0,
    }


@pytest.mark.parametrize("content", [b"", b"garbage", b"\x1f\x8bgarbage", b"\xff" * 100])
def test_bad_input_is_one_line_and_an_exit_code(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    Path("bad").write_bytes(content)
    assert whydown(monkeypatch, "import", "otlp", "bad", "--into", "incident") == 2
    (line,) = capsys.readouterr().err.strip().splitlines()
    assert line.startswith("whydown: nothing to import")


def test_a_missing_file_is_one_line_and_an_exit_code(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert whydown(monkeypatch, "import", "otlp", str(file), "missing", "--into", "incident") == 2
    assert capsys.readouterr().err.strip().startswith("whydown: no file at missing")
    assert not Path("incident").exists()
