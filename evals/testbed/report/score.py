"""Investigate recorded sets and put the verdicts beside the answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from evals.rca.evaluate import Plan, evaluate
from evals.rca.rows import Answer as Given
from evals.rca.rows import Row
from evals.testbed.recording.answer import Answer
from evals.testbed.recording.left_out import read_left_out
from evals.testbed.recording.record_set import SET, seed_of_case
from evals.testbed.report.table import Judged
from tools.config import Settings
from tools.errors import FolderError
from tools.incident import read_incident_file

Told = Callable[[Given, int], None]


def judge_sets(data: Sequence[Path], out: Path, settings: Settings, tell: Told) -> list[Judged]:
    """Return every recording with its verdict.

    Args:
        data: folders written by `record --all`, with one or more seeds in each.
        out: where reports and rows go, in one folder a data folder.
        settings: configuration of the investigations.
        tell: told of every report.

    Raises:
        FolderError: nothing is recorded there.
    """
    return [one for root in data for one in _judge(root, out / root.resolve().name, settings, tell)]


def _judge(root: Path, out: Path, settings: Settings, tell: Told) -> Iterator[Judged]:
    if not (root / SET / "cases").is_dir():
        raise FolderError(f"no recorded set in {root}", "record one with `whydown testbed record --all`")
    known = {path.stem: path for path in (root / "ground_truth" / SET).glob("*.json")}
    rows = evaluate(Plan(root=root, out=out, settings=settings, sets=(SET,), only=sorted(known)), tell)
    for row in rows:
        if row.id in known:
            yield _judged(root, row, known[row.id])


def _judged(root: Path, row: Row, answer: Path) -> Judged:
    file = read_incident_file(root / SET / "cases" / row.id)
    waited = 0.0
    if file.fault_window_unix and file.symptom_start_unix:
        waited = file.fault_window_unix[1] - file.symptom_start_unix
    return Judged(row, Answer.model_validate_json(answer.read_bytes()), seed_of_case(row.id), waited)


def missing_of(data: Sequence[Path]) -> list[tuple[str, int]]:
    """Return the faults that could not be recorded, with the seed."""
    return [(one.fault, seed_of_case(case)) for root in data for case, one in read_left_out(root).items()]
