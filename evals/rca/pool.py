"""A pool that gives every case a fresh process, so that peak memory is the case's own."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess

from evals.rca.rows import Answer
from evals.rca.worker import Task, work


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
    context.set_forkserver_preload(["evals.rca.worker"])
    waiting = list(enumerate(tasks))[::-1]
    running: dict[int, tuple[BaseProcess, Task, float, int]] = {}
    answers: dict[int, Answer] = {}
    while waiting or running:
        while waiting and len(running) < workers:
            index, task = waiting.pop()
            process: BaseProcess = context.Process(target=work, args=(task,))
            process.start()
            running[process.sentinel] = (process, task, time.monotonic() + timeout, index)
        earliest = min(deadline for _, _, deadline, _ in running.values())
        wait(list(running), timeout=max(earliest - time.monotonic(), 0.0))
        for sentinel, (process, task, deadline, index) in list(running.items()):
            late = time.monotonic() >= deadline
            if process.is_alive() and not late:
                continue
            del running[sentinel]
            answers[index] = _finish(process, task, timeout)
            progress(answers[index])
    return [answers[index] for index in range(len(tasks))]


def _finish(process: BaseProcess, task: Task, timeout: float) -> Answer:
    if process.is_alive():
        process.kill()
        process.join()
        return task.answer(error=f"no answer within {timeout:g} s")
    process.join()
    if not task.result.exists():
        log = task.log.read_text(errors="replace").strip() or "nothing on standard error"
        return task.answer(error=f"crashed with exit code {process.exitcode}: {log.splitlines()[-1]}")
    return Answer.model_validate_json(task.result.read_text(encoding="utf-8"))
