"""Planted causes: a model that reads finds them, nobody else does."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from evals.commands.eval import app
from evals.planted.evaluate import evaluate_planted
from evals.planted.plant import CASES, RECORDINGS, plant
from tools.config import Settings
from tools.repository import open_repository


def test_only_a_model_that_reads_the_diff_finds_the_cause(tmp_path: Path) -> None:
    outcomes = list(evaluate_planted(["honest", "blames-change"], Settings(), tmp_path, CASES[:2]))
    assert [(one.model, one.found) for one in outcomes] == [
        ("none", False),
        ("honest", True),
        ("blames-change", False),
    ] * 2
    assert all(one.component_right for one in outcomes)
    assert all(one.struck == 0 and one.kept > 0 for one in outcomes if one.model == "honest")


def test_a_case_shows_the_cause_in_git_and_nowhere_else(tmp_path: Path) -> None:
    plot = plant(CASES[0], tmp_path / "case")
    records = json.loads((plot.folder / "changes.json").read_text())
    assert {record["service"] for record in records} == {""}
    assert CASES[0].after not in json.dumps(records)
    guilty = records[-1]["reference"].partition("@")[2]
    assert f"+{CASES[0].after}" in open_repository(plot.repository).diff(guilty)
    assert not (plot.folder / "answers").exists()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.recording)
def test_every_case_is_a_bundled_recording_of_that_component(case: object) -> None:
    answer = json.loads((RECORDINGS / "answers" / f"{case.recording}.json").read_text())  # type: ignore[attr-defined]
    assert answer["root_cause_service"] == case.component  # type: ignore[attr-defined]


def test_the_command_prints_every_outcome(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evals.planted.evaluate.evaluate_planted.__defaults__", (CASES[:1],))
    result = CliRunner().invoke(app, ["planted", "--json"])
    assert result.exit_code == 0, result.output
    assert [one["found"] for one in json.loads(result.stdout)] == [False, True]
