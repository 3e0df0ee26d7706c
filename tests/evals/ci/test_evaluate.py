from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from evals.ci.dataset import read_logs
from evals.ci.evaluate import evaluate
from evals.ci.methods import BASELINES
from tests.agent.cli.command_line import runner
from tests.evals.ci.logs import labelled, write
from tools.errors import FormatError

KEYS = {"n", "precision", "recall", "f1", "full_recall", "mean_lines", "s_per_log"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write(tmp_path / "logs.parquet", [labelled(number) for number in range(6)])


def test_logs_are_read_from_a_file_and_from_a_folder(file: Path) -> None:
    logs = list(read_logs(file))
    assert logs == [labelled(number) for number in range(6)]
    assert list(read_logs(file.parent)) == logs


def test_a_folder_without_logs_and_a_foreign_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="no Parquet file"):
        list(read_logs(tmp_path))
    (tmp_path / "a.parquet").write_text("text")
    with pytest.raises(FormatError, match="is not a Parquet file"):
        list(read_logs(tmp_path))
    pq.write_table(pa.table({"id": ["a"], "log": ["b"]}), tmp_path / "a.parquet")
    with pytest.raises(FormatError, match="lacks language, line_end, line_start, repo"):
        list(read_logs(tmp_path))


def test_unseen_repositories_are_judged_by_the_shipped_model(file: Path) -> None:
    steps: list[str] = []
    result = evaluate(file, steps.append)
    assert set(result.methods) == {"whydown", *BASELINES}
    assert set(result.languages) == {"C", "Java", "Python"}
    assert all(set(found) == KEYS for found in [*result.methods.values(), *result.languages.values()])
    assert result.methods["whydown"]["n"] == 6
    assert result.how == "6 logs judged by the shipped model"
    assert steps[-1] == "judging log5"
    assert result.methods["whydown"]["f1"] > result.methods["tail-50"]["f1"]


def test_the_command_prints_tables_that_fit_and_json(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    run = runner(monkeypatch, capsys)
    shown = run("eval", "ci", str(file))
    assert shown.code == 0
    assert "tail-200" in shown.out
    assert all(len(line) <= 80 for line in shown.out.splitlines())
    printed = json.loads(run("eval", "ci", str(file), "--json").out)
    assert set(printed) == {"methods", "languages"}


def test_a_wrong_path_gives_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ended = runner(monkeypatch, capsys)("eval", "ci", str(tmp_path / "none"))
    assert ended.code == 2
    assert ended.err.startswith("whydown: no Parquet file at")
    assert ended.err.count("\n") == 1
