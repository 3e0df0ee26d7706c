"""What becomes of a case whose process crashes."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from evals.rca.case import Case, ViewOptions
from evals.rca.pool import run_tasks
from evals.rca.rows import Answer
from evals.rca.worker import Task
from tools.config import Settings


@dataclass(frozen=True, slots=True)
class Raises(Case):
    """A case that hits a bug."""

    def view(self, options: ViewOptions, target: Path) -> Path:
        """Raise what nobody expects."""
        raise RuntimeError("no such luck")


@dataclass(frozen=True, slots=True)
class Dies(Case):
    """A case that ends its process at once, as an out-of-memory kill does."""

    def view(self, options: ViewOptions, target: Path) -> Path:
        """End the process."""
        os._exit(7)


def task(case: Case, place: Path) -> Task:
    place.mkdir()
    return Task("random", case, ViewOptions(), Settings(), place, place / "report.json")


def test_crash_is_an_answer_with_its_reason_and_stops_nobody_else(tmp_path: Path) -> None:
    told: list[Answer] = []
    cases = [Raises("a", "s", "shop"), Dies("b", "s", "shop"), Raises("c", "s", "shop")]
    answers = run_tasks([task(case, tmp_path / case.id) for case in cases], 2, 60.0, told.append)
    assert [(answer.id, answer.system, answer.ranked) for answer in answers] == [(i, "shop", ()) for i in "abc"]
    assert answers[0].error == answers[2].error == "crashed with exit code 1: RuntimeError: no such luck"
    assert answers[1].error == "crashed with exit code 7: nothing on standard error"
    assert sorted(answer.id for answer in told) == ["a", "b", "c"]


def test_no_tasks_no_answers() -> None:
    assert run_tasks([], 2, 60.0) == []
