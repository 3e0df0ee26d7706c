"""An evaluation: run all methods on all cases, write the reports, then open the truth and score."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from evals.models import CONFIGURED, SCRIPTED
from evals.rca.case import Case, ViewOptions
from evals.rca.cases import list_sets, read_cases
from evals.rca.healthy import healthy_windows
from evals.rca.methods import METHODS, WITH, judges
from evals.rca.pool import run_tasks
from evals.rca.rows import Answer, Row, answer_file, read_answer, write_rows
from evals.rca.score import score_answers
from evals.rca.truth import Truth, read_truths
from evals.rca.worker import Task
from tools.config import Settings
from tools.errors import ConfigError, FolderError


@dataclass(frozen=True, slots=True)
class Plan:
    """What to evaluate. `out` gets reports/METHOD/SET/ID.json, rows.jsonl and run.json.

    No language model is used, even if one is set up, but for those that `models` names: whydown runs once more with
    each. With `resume` answers that an earlier run left in `out` are taken as they are.
    """

    root: Path
    out: Path
    settings: Settings
    sets: Sequence[str] = ()
    only: Sequence[str] = ()
    methods: Sequence[str] = ("whydown",)
    options: ViewOptions = field(default_factory=ViewOptions)
    healthy: bool = False
    models: Sequence[str] = ()
    resume: bool = False
    workers: int = 2
    timeout: float = 300.0


def evaluate(plan: Plan, progress: Callable[[Answer, int], None] = lambda answer, total: None) -> list[Row]:
    """Run and score. The ground truth is opened only after the last report is written.

    Returns:
        One row a method and case with a known answer, and one a healthy window; also those of cases that
        the ground truth knows and the data lacks.

    Raises:
        ConfigError: there is no such method or signal.
        FolderError: there are no cases, or none has a ground truth.
        FormatError: a ground truth cannot be read.
    """
    check_plan(plan)
    methods = [*plan.methods, *(f"whydown{WITH}{name}" for name in plan.models)]
    cases = list(read_cases(plan.root, plan.sets, plan.only))
    quiet = list(healthy_windows(cases)) if plan.healthy and not plan.options.own_baseline else []
    with tempfile.TemporaryDirectory(prefix="whydown-eval-") as place:
        tasks = [_task(plan, Path(place), method, case) for method in methods for case in cases]
        tasks += [_task(plan, Path(place), m, case) for m in methods if judges(m) for case in quiet]
        answers = run_tasks(
            [task for task in tasks if not (plan.resume and task.kept.is_file())],
            plan.workers,
            plan.timeout,
            lambda answer: _keep(plan.out, answer, lambda kept: progress(kept, len(tasks))),
        )
        known = {(answer.method, answer.set, answer.id): answer for answer in answers}
        answers = [known.get(task.key) or read_answer(task.kept) for task in tasks]
    rows = score_answers(answers, _truths(plan), absent=not plan.only)
    if not any(row.truth for row in rows):
        raise FolderError(f"no ground truth for any case in {plan.root}", "expected ground_truth/SET/ID.json")
    write_rows(plan.out / "rows.jsonl", rows)
    (plan.out / "run.json").write_text(json.dumps(describe(plan), indent=1) + "\n", encoding="utf-8")
    return rows


def describe(plan: Plan) -> dict[str, object]:
    """Return what makes a run different from another, for run.json."""
    options = plan.options
    return {
        "version": version("whydown"),
        "methods": list(plan.methods),
        "sets": list(plan.sets),
        "only": list(plan.only),
        "drop": sorted(options.drop),
        "keep_graph": options.keep_graph,
        "own_baseline": options.own_baseline,
        "analysers_off": list(plan.settings.survey.analysers_off),
        "models": list(plan.models),
    }


def check_plan(plan: Plan) -> None:
    """Refuse names that do not exist.

    Raises:
        ConfigError: with the names that do.
    """
    for what, given, known in (
        ("method", plan.methods, set(METHODS)),
        ("model", plan.models, {*SCRIPTED, CONFIGURED}),
        ("signal", plan.options.drop, {"traces", "logs", "metrics"}),
    ):
        if unknown := sorted(set(given) - known):
            raise ConfigError(f"no {what} {unknown[0]!r}", "known: " + ", ".join(sorted(known)))


def _keep(out: Path, answer: Answer, progress: Callable[[Answer], None]) -> None:
    """Write an answer as soon as it is there, so that a run that takes hours can be taken up again."""
    file = answer_file(out, answer.method, answer.set, answer.id)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(answer.model_dump_json(), encoding="utf-8")
    progress(answer)


def _truths(plan: Plan) -> dict[str, dict[str, Truth]]:
    return {name: read_truths(plan.root, name) for name in plan.sets or list_sets(plan.root)}


def _task(plan: Plan, place: Path, method: str, case: Case) -> Task:
    own = place / method / case.set / case.id
    own.mkdir(parents=True)
    reports = plan.out / "reports" / method / case.set
    reports.mkdir(parents=True, exist_ok=True)
    report = reports / f"{case.id}.json"
    kept = answer_file(plan.out, method, case.set, case.id)
    if not (plan.resume and kept.is_file()):
        report.unlink(missing_ok=True)
        kept.unlink(missing_ok=True)
    return Task(method, case, plan.options, plan.settings, own, report, kept)
