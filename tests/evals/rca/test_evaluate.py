"""The whole evaluation on a tiny data folder, as the command runs it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from agent.schema import Report
from evals.commands.eval import app
from evals.rca.evaluate import Plan, evaluate
from evals.rca.rows import read_rows
from evals.rca.views import ViewOptions
from tools.config import Settings
from tools.errors import FolderError


def test_command_prints_measures_and_writes_reports_and_rows(data: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["rca", str(data), "--json", "--out", str(tmp_path / "out")])
    assert result.exit_code == 0, result.output
    numbers = json.loads(result.stdout)
    whole = numbers["methods"]["whydown"]
    assert whole["n"] == 3
    assert whole["errors"] == 0
    assert 0 < whole["cpu_s"] < 10
    assert 50 < whole["peak_mb"] < 500
    assert numbers["groups"]["whydown"]["system"]["shop"] == whole
    assert set(numbers["groups"]["whydown"]["family"]) == {"code", "network", "unknown"}
    by_id = {case["id"]: case for case in numbers["cases"]}
    assert by_id["bank-slow"]["truth"] == "bank"
    assert by_id["bank-slow"]["ranked"][0] == "bank"
    assert by_id["cart-far"]["ranked"][0] == "cart"
    reports = tmp_path / "out" / "reports" / "whydown" / "tiny"
    report = Report.model_validate_json((reports / "bank-slow.json").read_text())
    assert report.hypotheses[0].component == "bank"
    assert [row.id for row in read_rows(tmp_path / "out" / "rows.jsonl")] == ["bank-slow", "cart-far", "quiet"]


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
    with pytest.raises(FolderError, match="no ground truth for bank-slow"):
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
