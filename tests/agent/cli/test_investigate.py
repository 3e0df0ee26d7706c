import json
import re
from importlib.metadata import version
from pathlib import Path

import pytest

from agent.runs import list_runs
from tests.agent.cli.command_line import Whydown

RUNS = Path(".whydown/runs")


def test_the_report_names_the_slow_service(folder: Path, whydown: Whydown) -> None:
    ended = whydown("investigate", str(folder))
    assert ended.code == 0
    assert re.match(r"(ROOT CAUSE|INCONCLUSIVE): pay ", ended.out)
    assert "\x1b" not in ended.out
    assert max(map(len, ended.out.splitlines())) <= 80
    assert ended.err == ""


def test_json_is_the_report(folder: Path, whydown: Whydown) -> None:
    ended = whydown("investigate", str(folder), "--json", "--no-model", "--symptom", "slow pages", "--drop", "logs")
    report = json.loads(ended.out)
    assert report["hypotheses"][0]["component"] == "pay"
    assert report["symptom"] == "slow pages"
    assert {s["signal"]: s["available"] for s in report["sources"]}["logs"] is False
    assert list_runs(RUNS)[-1].incident().no_model


def test_markdown_and_verbose(folder: Path, whydown: Whydown) -> None:
    ended = whydown("investigate", str(folder), "--markdown", "-v")
    assert ended.out.startswith("## ")
    assert "survey" in ended.err


def test_an_earlier_report_is_shown_again(folder: Path, whydown: Whydown) -> None:
    first = whydown("investigate", str(folder)).out
    assert whydown("report").out == first
    assert whydown("investigate", "--resume", "last").out == first


@pytest.mark.parametrize(
    ("arguments", "problem", "code"),
    [
        (["investigate"], "no incident folder given", 2),
        (["investigate", "shop", "--sources", "whydown.toml"], "a folder and --sources exclude each other", 2),
        (["investigate", "--sources", "shop"], "shop is no settings file", 2),
        (["investigate", "--alert", "alertmanager:1"], "no configuration file at whydown.toml", 2),
        (["investigate", "--sources", "no.toml"], "no configuration file at no.toml", 2),
        (["investigate", "shop", "--since", "soon"], "cannot read the duration 'soon'", 2),
        (["investigate", "nowhere"], "no incident folder at nowhere", 2),
        (["investigate", "shop", "--json", "--markdown"], "--json and --markdown exclude each other", 2),
        (["investigate", "shop", "--drop", "traces,logs"], "no signal 'traces,logs' to drop: known: traces, logs", 2),
        (["investigate", "shop", "--incident", "noon"], "cannot read the window 'noon'", 2),
        (["investigate", "shop", "--service", "nobody"], "no telemetry of a service 'nobody': known: bank", 2),
        (["investigate", "--resume", "xyz"], "no run 'xyz' in .whydown/runs: known: none", 3),
        (["report"], "no run 'last' in .whydown/runs: known: none", 3),
        (["investigate", "shop", "--config", "no.toml"], "no configuration file at no.toml", 2),
        (["investigate", "shop", "--jason"], "No such option: --jason", 2),
        (["investigat"], "No such command 'investigat'. Did you mean 'investigate'?", 2),
    ],
)
def test_a_wrong_request_is_one_line_and_an_exit_code(
    folder: Path, whydown: Whydown, arguments: list[str], problem: str, code: int
) -> None:
    ended = whydown(*arguments)
    assert ended.code == code
    assert ended.err.startswith(f"whydown: {problem}")
    assert ended.err.count("\n") == 1
    assert ended.out == ""


def test_an_interrupt_tells_how_to_go_on(folder: Path, whydown: Whydown, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("agent.investigation.report.source_status", interrupted)
        ended = whydown("investigate", str(folder))
    run = list_runs(RUNS)[-1].id
    assert ended.code == 130
    assert ended.err == f"whydown: interrupted; go on with: whydown investigate --resume {run}\n"
    resumed = whydown("investigate", "--resume", run)
    assert resumed.code == 0
    assert re.match(r"(ROOT CAUSE|INCONCLUSIVE): pay ", resumed.out)


def test_an_interrupt_before_the_run_began_names_no_earlier_run(
    folder: Path, whydown: Whydown, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    whydown("investigate", str(folder))
    monkeypatch.setattr("tools.store.engine.Engine.rows", interrupted)
    assert whydown("investigate", str(folder)).err == "whydown: interrupted before the run began\n"


def test_help_lists_the_commands_and_a_bare_call_is_help(folder: Path, whydown: Whydown) -> None:
    for arguments in ([], ["--help"]):
        ended = whydown(*arguments)
        assert ended.code == 0
        for command in ("investigate", "show", "runs", "report", "eval"):
            assert f" {command} " in ended.out


def test_the_version_is_that_of_the_package(whydown: Whydown) -> None:
    ended = whydown("--version")
    assert (ended.code, ended.out, ended.err) == (0, f"whydown {version('whydown')}\n", "")


@pytest.mark.parametrize("command", [[], ["show"], ["ci", "analyse"], ["eval", "rca"]])
def test_help_is_also_minus_h_and_gives_no_flag_a_value(command: list[str], whydown: Whydown) -> None:
    ended = whydown(*command, "-h")
    assert ended.code == 0
    assert "--help" in ended.out
    assert "bool" not in ended.out


def test_a_wrong_command_line_is_told_where_its_options_are(whydown: Whydown) -> None:
    assert whydown("show").err == "whydown: Missing argument 'folder'; see whydown show --help\n"
    assert whydown("ci", "analyse", "--bla").err.endswith("; see whydown ci analyse --help\n")
    assert whydown("invest").err.endswith("Did you mean 'investigate'?\n")
