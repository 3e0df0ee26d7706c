import json
from pathlib import Path

from agent.runs import list_runs
from tests.agent.cli.command_line import Whydown

RUNS = Path(".whydown/runs")


def test_runs_are_listed_newest_first_with_what_they_found(folder: Path, whydown: Whydown) -> None:
    whydown("investigate", str(folder))
    whydown("investigate", str(folder), "--drop", "metrics")
    known = [run.id for run in list_runs(RUNS)]
    listed = json.loads(whydown("runs", "--json").out)["rows"]
    assert [row["run"] for row in listed] == known[::-1]
    assert listed[0]["folder"] == "shop"
    assert listed[0]["first_hypothesis"].startswith("pay: ")
    assert listed[0]["duration_seconds"] > 0
    assert whydown("runs").out.count("shop") == 2
    assert json.loads(whydown("runs", "--json", "--limit", "1").out)["rows"] == listed[:1]


def test_an_unfinished_and_a_broken_run_are_listed_as_such(folder: Path, whydown: Whydown) -> None:
    whydown("investigate", str(folder))
    whydown("investigate", str(folder))
    first, second = list_runs(RUNS)
    (first.path / "report.json").unlink()
    (second.path / "run.json").write_text("{")
    rows = json.loads(whydown("runs", "--json").out)["rows"]
    assert {row["run"]: row["verdict"] for row in rows} == {first.id: "unfinished", second.id: "unreadable"}
    refused = whydown("report", first.id)
    assert refused.code == 3
    assert refused.err == (
        f"whydown: run {first.id} has no report yet: finish it: whydown investigate --resume {first.id}\n"
    )


def test_no_runs_is_no_error(folder: Path, whydown: Whydown) -> None:
    ended = whydown("runs")
    assert ended.code == 0
    assert "no rows match" in ended.out
