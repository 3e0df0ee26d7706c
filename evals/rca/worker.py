"""One case in a process of its own. Imported before processes are forked, so imports cost once."""

from __future__ import annotations

import os
import resource
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import agent.investigation.graph as _graph  # noqa: F401  # imported here so that no case pays for it
from agent.journal.file import NAME as JOURNAL
from agent.schema import Incident
from evals.models import open_model, settings_for
from evals.rca.argued import argued_in
from evals.rca.case import Case, ViewOptions
from evals.rca.methods import METHODS, Findings, split_method
from evals.rca.methods.base import count_components
from evals.rca.methods.whydown import investigate_case
from evals.rca.rows import Answer
from tools.config import Settings
from tools.errors import WhydownError


@dataclass(frozen=True, slots=True)
class Task:
    """One case for one method. `place` is a folder of its own, `report` the file that gets the report.

    `kept` is where an earlier run may have left the answer.
    """

    method: str
    case: Case
    options: ViewOptions
    settings: Settings
    place: Path
    report: Path
    kept: Path = Path()

    @property
    def key(self) -> tuple[str, str, str]:
        """Return what identifies a task: method, set, case."""
        return self.method, self.case.set, self.case.id

    @property
    def result(self) -> Path:
        """Return the file that gets the answer."""
        return self.place / "answer.json"

    @property
    def log(self) -> Path:
        """Return the file that gets what the process prints on standard error; a crash is read from it."""
        return self.place / "stderr.txt"

    def answer(self, **values: object) -> Answer:
        """Return an answer to this task."""
        case = self.case
        fields = {"set": case.set, "id": case.id, "system": case.system, "window": case.window}
        return Answer.model_validate({"method": self.method, **fields, **values})


def work(task: Task) -> None:
    """Answer one case and write the answer; an expected failure is an answer with an error.

    Temporary files go to the task's own place, because a process of a pool ends without tidying up.
    """
    tempfile.tempdir = str(task.place)
    with task.log.open("w") as log:
        os.dup2(log.fileno(), sys.stderr.fileno())
    try:
        answer = answer_task(task)
    except WhydownError as error:
        answer = task.answer(error=str(error))
    task.result.write_text(answer.model_dump_json(), encoding="utf-8")


def answer_task(task: Task) -> Answer:
    """Make the view, run the method on it and measure what that costs this process.

    Raises:
        WhydownError: the case cannot be investigated.
    """
    view = task.case.view(task.options, task.place / "view")
    settings = task.settings.model_copy(update={"runs": task.place / "runs"})
    method, model = split_method(task.method)
    incident = Incident(folder=view, own_baseline=task.options.own_baseline, no_model=not model)
    before, started = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    if model:
        own = settings_for(model, settings)
        found = investigate_case(incident, own, open_model(model, own))
    else:
        found = METHODS[method](incident, settings)
    seconds, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_SELF)
    return task.answer(
        **_said(task, found),
        ranked=found.ranked,
        candidates=count_components(view, settings),
        seconds=seconds,
        cpu_s=after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        peak_mb=after.ru_maxrss / 1024,
    )


def _said(task: Task, found: Findings) -> dict[str, object]:
    """Write the report, if there is one, and return its verdict and what the first hypothesis says."""
    report = found.report
    if report is None:
        return {}
    task.report.write_text(report.model_dump_json(indent=1), encoding="utf-8")
    argued = argued_in(report)
    if argued is not None:
        _keep_journal(task)
    if not report.hypotheses:
        return {"verdict": report.verdict.value, "argued": argued}
    first = report.hypotheses[0]
    return {
        "verdict": report.verdict.value,
        "argued": argued,
        "confidence": first.confidence,
        "kind": first.fault_kind.value,
        "family": first.fault_kind.family.value if first.fault_kind.family else "",
    }


def _keep_journal(task: Task) -> None:
    """Keep the journal of a run with a language model beside its report: what was asked, answered and sent."""
    for journal in (task.place / "runs").glob(f"*/{JOURNAL}"):
        shutil.copy(journal, task.report.with_suffix(".journal.jsonl"))
