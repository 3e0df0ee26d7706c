"""Run folders: made, found again, and clear about what is missing."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from agent.runs import create_run, find_run
from agent.runs.folder import write_atomically
from agent.schema import Incident, Report, Verdict, Windows
from tools.errors import RunError
from tools.window import TimeWindow

MOMENT = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
INCIDENT = Incident(
    folder=Path("some/where"),
    symptom="slow",
    incident_window=TimeWindow(start_ns=5, end_ns=9),
    drop=frozenset({"logs"}),
)
REPORT = Report(
    verdict=Verdict.HEALTHY,
    hypotheses=(),
    evidence=(),
    windows=Windows(incident=(MOMENT, MOMENT), baseline=(), chosen_by="user"),
    sources=(),
)


def test_what_was_asked_and_answered_can_be_read_again(tmp_path: Path) -> None:
    run = create_run(tmp_path, INCIDENT)
    run.save_report(REPORT)
    again = find_run(tmp_path, run.id)
    assert again.incident() == INCIDENT
    assert again.report() == REPORT


def test_runs_are_found_by_beginning_and_the_last_one_by_name(tmp_path: Path) -> None:
    for name in ("20260101T000000-aaaaaa", "20260102T000000-bbbbbb"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "run.json").write_text("{}")
    (tmp_path / "20260103T000000-cccccc").mkdir()
    assert find_run(tmp_path, "last").id == "20260102T000000-bbbbbb"
    assert find_run(tmp_path, "20260101").id == "20260101T000000-aaaaaa"
    with pytest.raises(RunError, match="several runs begin with '2026'"):
        find_run(tmp_path, "2026")
    with pytest.raises(RunError, match=r"no run '1999'.*known: 20260101"):
        find_run(tmp_path, "1999")


@pytest.mark.parametrize("wanted", ["last", "x"])
def test_without_any_run_there_is_none(tmp_path: Path, wanted: str) -> None:
    with pytest.raises(RunError, match="known: none"):
        find_run(tmp_path / "nowhere", wanted)


def test_an_unfinished_run_says_how_to_finish_it(tmp_path: Path) -> None:
    run = create_run(tmp_path, INCIDENT)
    with pytest.raises(RunError, match=f"--resume {run.id}"):
        run.report()


def test_damaged_files_are_one_line(tmp_path: Path) -> None:
    run = create_run(tmp_path, INCIDENT)
    (run.path / "run.json").write_text("{")
    (run.path / "report.json").write_text('{"verdict": "guilty"}')
    for read in (run.incident, run.report):
        with pytest.raises(RunError, match="cannot be read") as caught:
            read()
        assert "\n" not in str(caught.value)


def test_runs_that_cannot_be_written_say_what_to_set(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match="WHYDOWN_RUNS"):
        create_run(tmp_path / "file", INCIDENT)


def test_atomic_writing_replaces_and_leaves_no_part(tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    write_atomically(file, "old")
    write_atomically(file, "new")
    assert file.read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["x.json"]
