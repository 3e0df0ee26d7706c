"""A pool that gives every case a fresh process, so that peak memory is the case's own."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import wait
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess

from evals.rca.rows import Answer
from evals.rca.worker import Task, work


@dataclass(frozen=True, slots=True)
class _Run:
    """A task in its process, with the moment at which it has taken too long."""

    index: int
    task: Task
    process: BaseProcess
    deadline: float

    @property
    def over(self) -> bool:
        """Tell whether the process has ended or must be ended."""
        return not self.process.is_alive() or time.monotonic() >= self.deadline


def run_tasks(
    tasks: Sequence[Task], workers: int, timeout: float, progress: Callable[[Answer], None] = lambda answer: None
) -> list[Answer]:
    """Run all tasks and return their answers in order; one that dies or hangs has an error in its answer.

    Args:
        tasks: what to run.
        workers: processes at a time.
        timeout: seconds a task may take.
        progress: told of every answer.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["evals.rca.worker", "evals.rca.healthy"])
    waiting = list(enumerate(tasks))[::-1]
    running: list[_Run] = []
    answers: dict[int, Answer] = {}
    while waiting or running:
        while waiting and len(running) < workers:
            running.append(_start(context, *waiting.pop(), timeout))
        soonest = min(run.deadline for run in running)
        wait([run.process.sentinel for run in running], timeout=max(soonest - time.monotonic(), 0.0))
        for run in [run for run in running if run.over]:
            running.remove(run)
            answers[run.index] = _finish(run, timeout)
            progress(answers[run.index])
    return [answers[index] for index in range(len(tasks))]


def _start(context: ForkServerContext, index: int, task: Task, timeout: float) -> _Run:
    """Start a task; as a daemon, so that it ends when the evaluation is interrupted."""
    task.log.touch()
    process = context.Process(target=work, args=(task,), daemon=True)
    process.start()
    return _Run(index, task, process, time.monotonic() + timeout)


def _finish(run: _Run, timeout: float) -> Answer:
    late = run.process.is_alive()
    if late:
        run.process.kill()
    run.process.join()
    if late:
        return run.task.answer(error=f"no answer within {timeout:g} s")
    if not run.task.result.exists():
        log = run.task.log.read_text(errors="replace").strip() or "nothing on standard error"
        return run.task.answer(error=f"crashed with exit code {run.process.exitcode}: {log.splitlines()[-1]}")
    return Answer.model_validate_json(run.task.result.read_text(encoding="utf-8"))
