"""Analysers switched off, one run and as a table."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from agent.schema import Report
from evals.commands.eval import app
from evals.rca.ablation import without_analysers
from evals.rca.rows import read_rows
from tools.analysers import ALL
from tools.config import Settings
from tools.errors import ConfigError


def test_switched_off_analyser_finds_nothing(data: Path, tmp_path: Path) -> None:
    arguments = ["rca", str(data), "--only", "bank-slow", "--without", "latency", "--out", str(tmp_path)]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    report = Report.model_validate_json((tmp_path / "reports/whydown/tiny/bank-slow.json").read_text())
    assert not [item for item in report.evidence if item.analyser == "latency"]


def test_unknown_analyser_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"no analyser 'magic'.*latency"):
        without_analysers(Settings(), ["magic"])


def test_switches_add_up() -> None:
    names = [analyser.name for analyser in ALL][:2]
    settings = Settings()
    for name in [*names, names[0]]:
        settings = without_analysers(settings, [name])
    assert settings.survey.analysers_off == tuple(names)


def test_table_has_a_line_for_everything_and_for_each_analyser(data: Path, tmp_path: Path) -> None:
    arguments = ["ablation", str(data), "--only", "bank-slow", "--out", str(tmp_path)]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    head, rule, *lines = result.stdout.splitlines()
    assert head.startswith("| analyser off | top-1 |")
    assert rule.startswith("| --- |")
    assert [line.split(" | ")[0] for line in lines] == ["| none", *(f"| {analyser.name}" for analyser in ALL)]
    assert {line.count("|") for line in [head, rule, *lines]} == {head.count("|")}
    assert read_rows(tmp_path / "whole")[0].id == "bank-slow"
    assert read_rows(tmp_path / "without-latency")[0].id == "bank-slow"
