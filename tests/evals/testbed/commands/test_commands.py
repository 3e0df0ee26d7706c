"""The command group, as a user calls it."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from evals.commands.testbed import app
from evals.testbed.faults.catalogue import FAULTS
from tools.errors import FolderError, InputError

RUN = CliRunner()


def test_every_fault_is_listed_in_80_columns() -> None:
    result = RUN.invoke(app, ["faults"], env={"COLUMNS": "80"})
    assert result.exit_code == 0
    first_words = {line.split(" ")[0] for line in result.output.splitlines()}
    assert set(FAULTS) <= first_words
    assert max(len(line) for line in result.output.splitlines()) <= 80


@pytest.mark.parametrize("arguments", [[], ["--fault", "payment-slow", "--all"]])
def test_recording_needs_to_know_what(arguments: list[str], tmp_path: Path) -> None:
    result = RUN.invoke(app, ["record", "--into", str(tmp_path / "new"), *arguments])
    assert isinstance(result.exception, InputError)
    assert "--fault NAME or --all" in str(result.exception)


def test_a_recording_does_not_overwrite(tmp_path: Path) -> None:
    (tmp_path / "traces.parquet").touch()
    result = RUN.invoke(app, ["record", "--into", str(tmp_path), "--fault", "payment-slow"])
    assert isinstance(result.exception, FolderError)


@pytest.mark.parametrize("command", [["status"], ["load"], ["inject", "payment-slow"], ["heal"], ["down"]])
def test_without_a_system_each_command_says_so(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = RUN.invoke(app, command)
    assert isinstance(result.exception, FolderError)
    assert "no demo system is up" in str(result.exception)
