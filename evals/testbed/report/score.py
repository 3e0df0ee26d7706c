"""Investigate recorded sets and put the verdicts beside the answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from evals.rca.evaluate import Plan, evaluate
from evals.rca.rows import Answer as Given
from evals.testbed.recording.answer import Answer
from evals.testbed.recording.record_set import SET
from evals.testbed.report.table import Cell, cells
from tools.config import Settings


def score_set(
    data: Path, out: Path, settings: Settings, tell: Callable[[Given, int], None], only: Sequence[str] = ()
) -> dict[str, list[Cell]]:
    """Return the cells of each fault recorded by `record --all`.

    Args:
        data: the data folder, with one or more seeds in it.
        out: where reports and rows go.
        settings: configuration of the investigations.
        tell: told of every report.
        only: ids of cases; empty means all.

    Raises:
        FolderError: nothing is recorded there.
    """
    rows = evaluate(Plan(root=data, out=out, settings=settings, sets=(SET,), only=only), tell)
    truths = sorted((data / "ground_truth" / SET).glob("*.json"))
    return cells(rows, {path.stem: Answer.model_validate_json(path.read_bytes()) for path in truths})
