"""Memory lift: recall and weighing as in an investigation, on finished reports."""

import json
from pathlib import Path

import pytest

from evals.kb.lift import measure_lift, read_cases
from tests.agent.learning.builders import report
from tests.knowledge.builders import WordEmbedder
from tools.errors import FolderError


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return a data folder with three cases of one fault, and beside it the reports on them."""
    reports, truths = tmp_path / "out" / "reports" / "whydown" / "shop", tmp_path / "ground_truth" / "shop"
    reports.mkdir(parents=True)
    truths.mkdir(parents=True)
    for number in range(3):
        (reports / f"c{number}.json").write_text(report(run_id=f"c{number}").model_dump_json())
        truth = {"root_cause_service": "seats", "fault_type": "pool_exhausted"}
        (truths / f"c{number}.json").write_text(json.dumps(truth))
    return tmp_path


def test_siblings_and_misleading_neighbours_are_recalled_and_change_nothing_clear(place: Path) -> None:
    rows = {row.memory: row for row in measure_lift(read_cases(place / "out", place, "shop"), WordEmbedder())}
    assert set(rows) == {"none", "siblings", "misleading", "siblings and misleading"}
    assert rows["none"].recalled == 0
    assert rows["misleading"].recalled == 1.0
    assert all((row.n, row.top1, row.kind, row.changed) == (3, 1.0, 1.0, 0.0) for row in rows.values())


def test_case_is_never_recalled_from_itself(place: Path) -> None:
    cases = read_cases(place / "out", place, "shop")[:1]
    rows = {row.memory: row for row in measure_lift(cases, WordEmbedder())}
    assert rows["siblings"].recalled == 0


def test_missing_reports_say_how_to_make_them(place: Path) -> None:
    with pytest.raises(FolderError, match="whydown eval rca"):
        read_cases(place, place, "shop")
