"""The whole evaluation on a tiny data folder, as the command runs it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from agent.schema import Report
from evals.commands.eval import app
from evals.rca.case import ViewOptions
from evals.rca.evaluate import Plan, evaluate
from evals.rca.rows import read_rows
from tools.config import Settings
from tools.errors import ConfigError, FolderError


def test_command_prints_measures_and_writes_reports_and_rows(data: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["rca", str(data), "--json", "--out", str(tmp_path / "out")])
    assert result.exit_code == 0, result.output
    numbers = json.loads(result.stdout)
    whole = numbers["methods"]["whydown"]
    assert whole["n"] == 3
    assert whole["errors"] == 0
    assert 0 < whole["cpu_s"] < 10
    assert 50 < whole["peak_mb"] < 500
    assert numbers["groups"]["system"]["shop"]["whydown"] == whole
    assert set(numbers["groups"]["family"]) == {"code", "network", "unknown"}
    assert numbers["chance"]["top1"] == 0.25
    assert numbers["unknown_fault_types"] == ["gremlins"]
    healthy = numbers["healthy"]["whydown"]
    assert healthy["n"] == 5
    assert healthy["healthy"] + healthy["inconclusive"] + healthy["false_alarm"] == pytest.approx(1.0)
    by_id = {case["id"]: case for case in numbers["cases"] if case["window"] == "fault"}
    assert by_id["bank-slow"]["truth"] == "bank"
    assert by_id["bank-slow"]["ranked"][0] == "bank"
    assert by_id["cart-far"]["ranked"][0] == "cart"
    reports = tmp_path / "out" / "reports" / "whydown" / "tiny"
    report = Report.model_validate_json((reports / "bank-slow.json").read_text())
    assert report.hypotheses[0].component == "bank"
    rows = [row for row in read_rows(tmp_path / "out") if row.window == "fault"]
    assert [row.id for row in rows] == ["bank-slow", "cart-far", "quiet"]


def test_broken_case_counts_as_wrong_and_is_named(data: Path, tmp_path: Path) -> None:
    root = tmp_path / "data"
    shutil.copytree(data, root)
    (root / "tiny" / "cases" / "bank-slow" / "traces.parquet").write_bytes(b"no parquet")
    result = CliRunner().invoke(app, ["rca", str(root), "--only", "bank-slow", "--out", str(tmp_path / "out")])
    assert result.exit_code == 0
    assert "bank-slow: " in result.stdout
    (row,) = read_rows(tmp_path / "out" / "rows.jsonl")
    assert row.rank is None
    assert "traces" in row.error


def test_truth_is_read_after_the_reports(data: Path, tmp_path: Path) -> None:
    root = tmp_path / "data"
    shutil.copytree(data, root)
    shutil.rmtree(root / "ground_truth")
    with pytest.raises(FolderError, match="no ground truth for any case"):
        evaluate(Plan(root, tmp_path / "out", Settings(), only=["bank-slow"]))
    assert (tmp_path / "out" / "reports" / "whydown" / "tiny" / "bank-slow.json").is_file()


def test_case_that_takes_too_long_is_stopped_and_named(data: Path, tmp_path: Path) -> None:
    (row,) = evaluate(Plan(data, tmp_path, Settings(), only=["quiet"], timeout=0.001))
    assert row.error == "no answer within 0.001 s"
    assert row.rank is None


def test_dropped_signal_is_missing_for_the_investigation(data: Path, tmp_path: Path) -> None:
    options = ViewOptions(drop=frozenset({"metrics"}))
    evaluate(Plan(data, tmp_path, Settings(), only=["quiet"], options=options))
    report = Report.model_validate_json((tmp_path / "reports" / "whydown" / "tiny" / "quiet.json").read_text())
    assert {s.signal for s in report.sources if s.available} == {"traces"}
    assert json.loads((tmp_path / "run.json").read_text())["drop"] == ["metrics"]


def test_tables_fit_a_terminal_and_name_everything(data: Path, tmp_path: Path) -> None:
    arguments = ["rca", str(data), "--methods", "whydown,zscore", "--out", str(tmp_path)]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    assert "\x1b" not in result.stdout
    for words in ("all cases", "chance", "by system", "by family", "AUROC", "reliability", "healthy windows"):
        assert words in result.stdout
    assert "fault type 'gremlins' is in no family" in result.stdout
    tables = result.stdout.partition("cost of a case")[0]
    assert max(map(len, tables.splitlines())) <= 80


def test_own_baseline_compares_with_the_normal_window_only(data: Path, tmp_path: Path) -> None:
    plan = Plan(data, tmp_path, Settings(), only=["bank-slow"], options=ViewOptions(own_baseline=True), healthy=True)
    (row,) = evaluate(plan)
    assert row.first == "bank"
    report = Report.model_validate_json((tmp_path / "reports/whydown/tiny/bank-slow.json").read_text())
    ((start, end),) = report.windows.baseline
    assert (end - start).total_seconds() == 60


def test_case_that_only_the_truth_knows_is_a_miss(data: Path, tmp_path: Path) -> None:
    root = tmp_path / "data"
    shutil.copytree(data, root)
    for gone in ("cart-far", "quiet"):
        shutil.rmtree(root / "tiny" / "cases" / gone)
    rows = evaluate(Plan(root, tmp_path / "out", Settings(), methods=["random"]))
    assert {row.id: bool(row.error) for row in rows} == {"bank-slow": False, "cart-far": True, "quiet": True}


@pytest.mark.parametrize(("option", "value"), [("--methods", "magic"), ("--drop", "smoke"), ("--without", "magic")])
def test_unknown_names_are_refused_before_anything_runs(data: Path, tmp_path: Path, option: str, value: str) -> None:
    result = CliRunner().invoke(app, ["rca", str(data), option, value, "--out", str(tmp_path / "out")])
    assert isinstance(result.exception, ConfigError)
    assert value in str(result.exception)
    assert not (tmp_path / "out").exists()
