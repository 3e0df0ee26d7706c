"""One case in a process of its own. Imported before processes are forked, so imports cost once."""

from __future__ import annotations

import os
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import agent.investigation.graph as _graph  # noqa: F401  # imported here so that no case pays for it
from agent.investigation import investigate
from agent.schema import Incident, Report
from evals.rca.cases import Case
from evals.rca.rows import Answer
from evals.rca.views import ViewOptions, build_view
from tools.config import Settings
from tools.errors import WhydownError


@dataclass(frozen=True, slots=True)
class Task:
    """One case for one method. `place` is a folder of its own, `result` the file that gets the answer."""

    method: str
    case: Case
    options: ViewOptions
    settings: Settings
    place: Path
    result: Path
    report: Path

    def answer(self, **values: object) -> Answer:
        """Return an answer to this task."""
        case = self.case
        fields = {"method": self.method, "set": case.set, "id": case.id, "system": case.system, **values}
        return Answer.model_validate(fields)


def work(task: Task) -> None:
    """Investigate one case and write the answer; an expected failure is an answer with an error.

    Whatever the process prints on its standard error goes to `stderr.txt`, where a crash is read from.
    """
    with (task.place / "stderr.txt").open("w") as log:
        os.dup2(log.fileno(), sys.stderr.fileno())
    try:
        view = build_view(task.case, task.options, task.place / "view")
        answer = METHODS[task.method](task, view)
    except WhydownError as error:
        answer = task.answer(error=str(error))
    task.result.write_text(answer.model_dump_json(), encoding="utf-8")


def run_whydown(task: Task, view: Path) -> Answer:
    """Run the investigation that every user gets."""
    settings = task.settings.model_copy(update={"runs": task.place / "runs"})
    incident = Incident(folder=view, own_baseline=task.options.own_baseline)
    before, started = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    report = investigate(incident, settings)
    seconds, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_SELF)
    task.report.write_text(report.model_dump_json(indent=1), encoding="utf-8")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return read_report(task, report).model_copy(
        update={"seconds": seconds, "cpu_s": cpu, "peak_mb": after.ru_maxrss / 1024}
    )


def read_report(task: Task, report: Report) -> Answer:
    """Return the ranked components and the first hypothesis of a report."""
    first = report.hypotheses[0] if report.hypotheses else None
    family = first.fault_kind.family if first else None
    return task.answer(
        ranked=tuple(dict.fromkeys(h.component for h in report.hypotheses)),
        verdict=report.verdict.value,
        fault_kind=first.fault_kind.value if first else "",
        fault_family=family.value if family else "",
        confidence=first.confidence if first else None,
    )


METHODS: dict[str, Callable[[Task, Path], Answer]] = {"whydown": run_whydown}
