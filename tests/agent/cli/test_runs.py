import json
from pathlib import Path

import pytest

from agent.runs import list_runs
from tests.agent.cli.command_line import Whydown
from tests.agent.model.endpoint.scripted import said, scripted

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


def test_one_finding_is_shown_with_all_behind_it(folder: Path, whydown: Whydown) -> None:
    whydown("investigate", str(folder))
    ended = whydown("report", "--evidence", "E1")
    assert ended.out.startswith("E1 ")
    assert "verify    whydown show shop " in ended.out
    assert json.loads(whydown("report", "--evidence", "E1", "--json").out)["id"] == "E1"
    refused = whydown("report", "--evidence", "E999")
    assert refused.code == 2
    assert refused.err.startswith("whydown: the report has no evidence 'E999': known: E1 to E")


def test_the_verdict_is_repeated_where_the_first_line_scrolls_away(
    folder: Path, whydown: Whydown, monkeypatch: pytest.MonkeyPatch
) -> None:
    whydown("investigate", str(folder))
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    for height, repeated in (("10", True), ("500", False)):
        monkeypatch.setenv("LINES", height)
        first, *_, last = whydown("report").out.splitlines()
        assert (first == last) is repeated


def test_the_schema_describes_the_report(folder: Path, whydown: Whydown) -> None:
    schema = json.loads(whydown("schema").out)
    whydown("investigate", str(folder))
    report = json.loads(whydown("report", "--json").out)
    assert set(report) == set(schema["properties"])
    assert set(report["hypotheses"][0]) == set(schema["$defs"]["Hypothesis"]["properties"])


def test_no_runs_is_no_error(folder: Path, whydown: Whydown) -> None:
    ended = whydown("runs")
    assert ended.code == 0
    assert "no rows match" in ended.out


def test_a_replay_prints_the_same_report_offline(folder: Path, whydown: Whydown) -> None:
    whydown("investigate", str(folder))
    before = whydown("report", "--json").out
    folder.rename("moved")
    ended = whydown("replay", "last", "--json")
    assert (ended.code, ended.out) == (0, before)
    assert whydown("replay", "--markdown").out == whydown("report", "--markdown").out


def test_a_replay_that_differs_says_where(folder: Path, whydown: Whydown) -> None:
    whydown("investigate", str(folder))
    run = list_runs(RUNS)[0]
    run.save_report(run.report().model_copy(update={"summary": "another"}))
    ended = whydown("replay")
    assert ended.code == 3
    assert "differs from its report in 'summary'" in ended.err


def test_prompts_are_shown_on_request_and_apart_from_the_report(folder: Path, whydown: Whydown, tmp_path: Path) -> None:
    ended = whydown("investigate", str(folder), "--show-prompts", "--json")
    assert ended.err.endswith("nothing was sent to a language model\n")
    assert json.loads(ended.out)["verdict"]


def test_what_a_model_is_sent_is_shown_as_it_left(
    folder: Path, whydown: Whydown, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with scripted(said("", ("echo", {"word": "ready"})), said("nothing")) as (url, asked):
        monkeypatch.setenv("WHYDOWN_MODEL__URL", url)
        monkeypatch.setenv("WHYDOWN_MODEL__MODEL", "scripted")
        monkeypatch.setenv("WHYDOWN_MODEL__KEY", "k-77123")
        ended = whydown("investigate", str(folder), "--show-prompts", "--json")
    assert ended.code == 0
    assert f"request 1 of {len(asked)}: {{" in ended.err
    assert asked[-1]["messages"][0]["content"].splitlines()[0] in ended.err
    assert "k-77123" not in ended.err
    row = json.loads(whydown("runs", "--json").out)["rows"][0]
    assert row["model"] == "scripted"
    assert (
        row["tokens"]
        == json.loads(ended.out)["usage"]["prompt_tokens"] + json.loads(ended.out)["usage"]["completion_tokens"]
    )
    assert row["cost"] == 0
