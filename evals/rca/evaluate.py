"""An evaluation: run all methods on all cases, write the reports, then open the truth and score."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from evals.rca.cases import Case, read_cases
from evals.rca.pool import run_tasks
from evals.rca.rows import Answer, Row, write_rows
from evals.rca.score import score
from evals.rca.truth import read_truth
from evals.rca.views import ViewOptions
from evals.rca.worker import Task
from tools.config import Settings


@dataclass(frozen=True, slots=True)
class Plan:
    """What to evaluate. `out` gets reports/METHOD/SET/ID.json and rows.jsonl."""

    root: Path
    out: Path
    settings: Settings
    sets: Sequence[str] = ()
    only: Sequence[str] = ()
    methods: Sequence[str] = ("whydown",)
    options: ViewOptions = field(default_factory=ViewOptions)
    workers: int = 2
    timeout: float = 300.0


def evaluate(plan: Plan, progress: Callable[[Answer, int], None] = lambda answer, total: None) -> list[Row]:
    """Run and score. The ground truth is opened only after the last report is written.

    Raises:
        FolderError: there are no cases, or a case has no ground truth.
        FormatError: a ground truth cannot be read.
    """
    cases = list(read_cases(plan.root, plan.sets, plan.only))
    with tempfile.TemporaryDirectory(prefix="whydown-eval-") as place:
        tasks = [_task(plan, Path(place), method, case) for method in plan.methods for case in cases]
        answers = run_tasks(tasks, plan.workers, plan.timeout, lambda answer: progress(answer, len(tasks)))
    rows = [score(a, read_truth(plan.root, task.case)) for a, task in zip(answers, tasks, strict=True)]
    write_rows(plan.out / "rows.jsonl", rows)
    return rows


def _task(plan: Plan, place: Path, method: str, case: Case) -> Task:
    own = place / method / case.set / case.id
    own.mkdir(parents=True)
    reports = plan.out / "reports" / method / case.set
    reports.mkdir(parents=True, exist_ok=True)
    report = reports / f"{case.id}.json"
    report.unlink(missing_ok=True)
    return Task(method, case, plan.options, plan.settings, own, own / "answer.json", report)
