"""The benchmark end to end on a tiny store, and the measuring of processes."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from evals.bench.command import bench
from evals.bench.measure import Run, run_python, typical
from evals.bench.stores import measure_stores
from tools.errors import PrerequisiteError, WhydownError


def test_a_process_is_measured(tmp_path: Path) -> None:
    busy = "import os; x = bytearray(50_000_000); sum(range(3_000_000)); print(os.getcwd())"
    run = run_python(["-c", busy], tmp_path)
    assert run.output.strip() == str(tmp_path)
    assert run.peak_mb > 50
    assert 0.02 < run.cpu_s <= run.wall_s * 4


def test_a_process_that_fails_is_named_with_its_last_words(tmp_path: Path) -> None:
    with pytest.raises(WhydownError, match=r"exit code 3: sorry"):
        run_python(["-c", "import sys; print('sorry', file=sys.stderr); sys.exit(3)"], tmp_path)


def test_medians_of_time_and_the_highest_peak() -> None:
    runs = [Run(3, 30, 10, "a"), Run(1, 10, 30, "b"), Run(2, 20, 20, "c")]
    assert typical(runs) == Run(2, 20, 30, "c")


def test_a_disk_that_is_too_small_is_said_before_writing(tmp_path: Path) -> None:
    with pytest.raises(PrerequisiteError, match=r"take about .* --into"):
        measure_stores([10**13], tmp_path, 1, lambda text: None)
    assert list(tmp_path.iterdir()) == []


def test_the_command_prints_both_tables_and_keeps_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    app = typer.Typer()
    app.command()(bench)
    arguments = [
        "--millions",
        "0.02",
        "--repeat",
        "1",
        "--no-live",
        "--knowledge",
        "0",
        "--recordings",
        str(tmp_path / "none"),
    ]
    result = CliRunner().invoke(app, arguments, env={"COLUMNS": "80"})
    assert result.exit_code == 0, result.output
    assert "10-minute incident window against a 60-minute baseline" in result.output
    assert "strongest finding" in result.output
    assert "NOT" not in result.output
    assert all(len(line) <= 80 for line in result.stdout.splitlines() if line.startswith(("┃", "│", "┏", "└")))
    assert list(tmp_path.iterdir()) == []
