"""What the demo system takes of the machine."""

from __future__ import annotations

import contextlib

import psutil


def megabytes(pid: int) -> float:
    """Return the memory of a process and all below it, 10^6 bytes; pages that several share count once.

    That is the sum of proportional set sizes. Processes that end meanwhile count nothing.
    """
    total = 0
    parent = psutil.Process(pid)
    for process in (parent, *parent.children(recursive=True)):
        with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            total += int(process.memory_full_info().pss)
    return total / 1e6
