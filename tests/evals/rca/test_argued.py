"""An evaluation with language models: paired, counted, and taken up again where it was."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from agent.schema import Report
from evals.commands.eval import app
from evals.rca.argued import argued_in, measure_argued
from evals.rca.argued_pairs import with_and_without
from evals.rca.evaluate import Plan, evaluate
from evals.rca.rows import Argued, Row, answer_file
from tests.agent.render.sample import report
from tools.config import Settings
from tools.errors import ConfigError


def run(data: Path, out: Path, *options: str) -> str:
    result = CliRunner().invoke(app, ["rca", str(data), "--only", "bank-slow", "--out", str(out), *options])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_cases_are_paired_with_and_without_each_model(data: Path, tmp_path: Path) -> None:
    shown = run(data, tmp_path, "--model", "honest", "--model", "invents")
    assert "whydown+honest against whydown: top-1 1.000 → 1.000 over 1" in shown
    assert "whydown+invents against whydown: top-1" in shown
    table = shown.partition("what the language model said")[2].partition("cost of a case")[0]
    assert {"kept", "struck", "false", "cut", "tokens", "most", "s"} <= set(table.split())
    assert max(map(len, table.splitlines())) <= 80
    report = Report.model_validate_json((tmp_path / "reports/whydown+invents/tiny/bank-slow.json").read_text())
    assert report.argument is not None
    assert report.argument.struck
    journal = tmp_path / "reports/whydown+invents/tiny/bank-slow.journal.jsonl"
    assert "OOM-killed 512 times" in journal.read_text()
    assert not (tmp_path / "reports/whydown/tiny/bank-slow.journal.jsonl").exists()


def test_what_a_model_did_is_counted(data: Path, tmp_path: Path) -> None:
    numbers = json.loads(run(data, tmp_path, "--model", "honest", "--json"))["argued"]
    assert set(numbers) == {"whydown+honest"}
    honest = numbers["whydown+honest"]
    assert honest["cases"] == 1
    assert honest["kept"] > 0
    assert honest["unborne"] == 0
    assert 0 < honest["prompt_tokens"] <= 8_000
    assert json.loads((tmp_path / "run.json").read_text())["models"] == ["honest"]


def test_a_run_is_taken_up_where_it_was(data: Path, tmp_path: Path) -> None:
    plan = Plan(data, tmp_path, Settings(), only=["bank-slow"], models=["honest"])
    evaluate(plan)
    kept = answer_file(tmp_path, "whydown+honest", "tiny", "bank-slow")
    changed = json.loads(kept.read_text()) | {"seconds": 12345.0}
    kept.write_text(json.dumps(changed))
    answer_file(tmp_path, "whydown", "tiny", "bank-slow").unlink()
    told: list[str] = []
    again = evaluate(
        Plan(data, tmp_path, Settings(), only=["bank-slow"], models=["honest"], resume=True),
        lambda answer, total: told.append(answer.method),
    )
    assert told == ["whydown"]
    assert {row.method: row.seconds == 12345.0 for row in again} == {"whydown": False, "whydown+honest": True}
    afresh = evaluate(plan)
    assert all(row.seconds != 12345.0 for row in afresh)


def test_unknown_models_are_refused(data: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no model 'oracle'"):
        evaluate(Plan(data, tmp_path / "out", Settings(), models=["oracle"]))


def row(method: str, case: str, rank: int | None, family: str = "code", **fields: object) -> Row:
    values = {"method": method, "set": "s", "id": case, "system": "x", "rank": rank, "family": family, "truth": "pay"}
    return Row.model_validate({**values, "truth_family": "code", "ranked": ["pay"], **fields})


def test_what_a_model_breaks_is_told() -> None:
    rows = [
        row("whydown", "a", 1),
        row("whydown", "b", 2),
        row("whydown+x", "a", 2, "network"),
        row("whydown+x", "b", 1),
    ]
    lines = list(with_and_without(rows))
    assert lines[0] == "whydown+x against whydown: top-1 0.500 → 0.500 over 2 (right only without 1, only with 1)"
    assert lines[1] == "  family 1.000 → 0.500 over 2 (right only without 1, only with 0)"
    assert lines[2] == "  healthy windows not accused: no cases"


def test_counts_are_summed_and_costs_averaged() -> None:
    one, two = (
        Argued(kept=3, struck=1, prompt_tokens=100, calls=2),
        Argued(kept=1, prompt_tokens=300, calls=3, ended="x"),
    )
    rows = [row("m", "a", 1, argued=one, seconds=2.0), row("m", "b", 1, argued=two, seconds=4.0), row("m", "c", 1)]
    numbers = measure_argued(rows)
    assert numbers is not None
    assert (numbers["cases"], numbers["kept"], numbers["struck"], numbers["ended_early"]) == (2, 4, 1, 1)
    assert (numbers["prompt_tokens"], numbers["prompt_tokens_max"], numbers["calls"]) == (200, 300, 2.5)
    assert numbers["seconds"] == 3.0
    assert measure_argued([row("m", "c", 1)]) is None
    assert argued_in(report()) is None
