"""What the demo system takes of the machine."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

import psutil


def megabytes(pid: int) -> float:
    """Return the memory of a process and all below it, 10^6 bytes; pages that several share count once.

    That is the sum of proportional set sizes. Processes that end meanwhile count nothing.
    """
    return sum(_of_each(pid, lambda process: float(process.memory_full_info().pss))) / 1e6


def cpu_seconds(pid: int) -> float:
    """Return the CPU time that a process and all below it have used so far, seconds."""
    return sum(_of_each(pid, lambda process: process.cpu_times().user + process.cpu_times().system))


def _of_each(pid: int, look: Callable[[psutil.Process], float]) -> Iterator[float]:
    parent = psutil.Process(pid)
    for process in (parent, *parent.children(recursive=True)):
        with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            yield look(process)
