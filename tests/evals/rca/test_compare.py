"""Two runs case by case, as the command shows them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from evals.commands.eval import app
from evals.rca.rows import Row, read_rows, write_rows
from tools.errors import FormatError, InputError


def row(case: str, rank: int | None, **values: Any) -> Row:
    ranked = ["bank", "pay"] if rank == 1 else ["pay", "bank"]
    given = {"method": "whydown", "set": "s", "id": case, "system": "shop", "verdict": "root_cause", "truth": "bank"}
    return Row.model_validate({**given, "rank": rank, "ranked": ranked, "family": "code", **values})


@pytest.fixture
def runs(tmp_path: Path) -> tuple[Path, Path]:
    """Two runs: one case falls, two rise, one window raises an alarm no more, one case is in B only."""
    quiet = {"window": "healthy", "truth": ""}
    a = [row("falls", 1), row("rises", 2), row("rises too", None), row("stays", 1), row("calm", None, **quiet)]
    b = [row("falls", 2), row("rises", 1), row("rises too", 1), row("stays", 1), row("new", 1)]
    b.append(row("calm", None, **{**quiet, "verdict": "healthy"}))
    for name, rows in (("a", a), ("b", b)):
        (tmp_path / name).mkdir()
        write_rows(tmp_path / name / "rows.jsonl", rows)
    return tmp_path / "a", tmp_path / "b"


def test_rows_are_read_as_written(runs: tuple[Path, Path]) -> None:
    assert read_rows(runs[0]) == read_rows(runs[0] / "rows.jsonl")
    assert [r.rank for r in read_rows(runs[0])] == [1, 2, None, 1, None]


def test_changes_are_shown_worse_first_with_a_test(runs: tuple[Path, Path]) -> None:
    result = CliRunner().invoke(app, ["compare", *map(str, runs)])
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    marked = [line.split()[:2] for line in lines if line.startswith(("worse", "better"))]
    assert marked == [["worse", "falls"], ["better", "calm"], ["better", "rises"], ["better", "rises"]]
    assert "stays" not in result.stdout
    assert "top-1 0.500 → 0.750, +0.250" in result.stdout
    assert "right only in A 1, only in B 2, McNemar p 1.000, n 4" in result.stdout
    assert "only in B: new" in result.stdout
    assert max(map(len, lines)) <= 80


def test_comparison_as_json(runs: tuple[Path, Path]) -> None:
    result = CliRunner().invoke(app, ["compare", *map(str, runs), "--json"])
    found = json.loads(result.stdout)["whydown"]
    assert found["n"] == 4
    assert found["top1"]["difference"] == pytest.approx(0.25)
    assert found["mrr"]["difference"] == pytest.approx((-0.5 + 0.5 + 1) / 4)
    assert {case["id"] for case in found["cases"]} == {"falls", "rises", "rises too", "calm"}


def test_one_method_against_another(tmp_path: Path) -> None:
    write_rows(tmp_path / "rows.jsonl", [row("c", 1), row("c", 2, method="baro", verdict="")])
    options = ["--method", "baro", "--against", "whydown"]
    result = CliRunner().invoke(app, ["compare", str(tmp_path), str(tmp_path), *options])
    assert "baro → whydown" in result.stdout
    assert "top-1 0.000 → 1.000" in result.stdout


def test_nothing_in_common_is_refused(tmp_path: Path) -> None:
    write_rows(tmp_path / "a.jsonl", [row("c", 1)])
    write_rows(tmp_path / "b.jsonl", [row("d", 1)])
    result = CliRunner().invoke(app, ["compare", str(tmp_path / "a.jsonl"), str(tmp_path / "b.jsonl")])
    assert isinstance(result.exception, InputError)


@pytest.mark.parametrize("text", ["no json\n", "{}\n"])
def test_foreign_file_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "rows.jsonl").write_text(text)
    with pytest.raises(FormatError, match="does not hold rows"):
        read_rows(tmp_path)


def test_absent_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="does not hold rows"):
        read_rows(tmp_path / "absent.jsonl")
