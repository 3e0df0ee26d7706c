import json
import re
from pathlib import Path

import pytest

from agent.cli import main
from agent.runs import list_runs
from tests.builders import Folder, shop


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an incident folder in which `pay` is slow, beside the working folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("WHYDOWN_RUNS", raising=False)
    built = Folder(tmp_path / "shop").spans(*shop(0, 60)).spans(*shop(60, 60, slow={"pay": 40.0}))
    built.incident()
    return Path("shop")


def whydown(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """Run the command line as a process would and return its exit code."""
    monkeypatch.setattr("sys.argv", ["whydown", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def test_the_report_names_the_slow_service(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert whydown(monkeypatch, "investigate", str(folder)) == 0
    out = capsys.readouterr().out
    assert re.match(r"(ROOT CAUSE|INCONCLUSIVE): pay ", out)
    assert "\x1b" not in out
    assert max(map(len, out.splitlines())) <= 80


def test_json_is_the_report(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert whydown(monkeypatch, "investigate", str(folder), "--json", "--no-model", "--symptom", "slow pages") == 0
    report = json.loads(capsys.readouterr().out)
    assert report["hypotheses"][0]["component"] == "pay"
    assert report["symptom"] == "slow pages"
    asked = list_runs(Path(".whydown/runs"))[-1].incident()
    assert asked.no_model


def test_markdown_and_verbose(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert whydown(monkeypatch, "investigate", str(folder), "--markdown", "-v") == 0
    captured = capsys.readouterr()
    assert captured.out.startswith("## ")
    assert "survey" in captured.err


def test_an_earlier_report_is_shown_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    whydown(monkeypatch, "investigate", str(folder))
    first = capsys.readouterr().out
    assert whydown(monkeypatch, "report", "last") == 0
    assert capsys.readouterr().out == first
    assert whydown(monkeypatch, "investigate", "--resume", "last") == 0
    assert capsys.readouterr().out == first


@pytest.mark.parametrize(
    ("arguments", "problem", "code"),
    [
        (["investigate"], "no incident folder given", 2),
        (["investigate", "nowhere"], "no incident folder at nowhere", 2),
        (["investigate", "shop", "--json", "--markdown"], "--json and --markdown exclude each other", 2),
        (["investigate", "shop", "--drop", "traces,logs"], "no signal 'traces,logs' to drop: known: traces, logs", 2),
        (["investigate", "shop", "--drop", "logs", "--incident", "noon"], "cannot read the window 'noon'", 2),
        (["investigate", "shop", "--service", "nobody"], "no telemetry of a service 'nobody': known: bank", 2),
        (["investigate", "--resume", "xyz"], "no run 'xyz' in .whydown/runs: known: none", 3),
        (["report"], "no run 'last' in .whydown/runs: known: none", 3),
        (["investigate", "shop", "--config", "no.toml"], "no configuration file at no.toml", 2),
    ],
)
def test_a_wrong_request_is_one_line_and_an_exit_code(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    problem: str,
    code: int,
) -> None:
    assert whydown(monkeypatch, *arguments) == code
    err = capsys.readouterr().err
    assert err.startswith(f"whydown: {problem}")
    assert err.count("\n") == 1


def test_an_interrupt_tells_how_to_go_on(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("agent.investigation.report.source_status", interrupted)
        assert whydown(monkeypatch, "investigate", str(folder)) == 130
    run = list_runs(Path(".whydown/runs"))[-1].id
    assert capsys.readouterr().err == f"whydown: interrupted; go on with: whydown investigate --resume {run}\n"
    assert whydown(monkeypatch, "investigate", "--resume", run) == 0
    assert re.match(r"(ROOT CAUSE|INCONCLUSIVE): pay ", capsys.readouterr().out)
