"""The janitor: a process that tidies up after a keeper that was killed and could not do so itself."""

from __future__ import annotations

import os
import shutil
import signal
import time
from pathlib import Path
from typing import NoReturn

from evals.testbed.system import cgroups

SETTLE_SECONDS = 1.0
"""Time for what ran in the folder to end: the kernel kills it with the keeper, PostgreSQL tidies up first."""


class Janitor:
    """Waits beside this process until it is gone, then removes a folder and control groups.

    It notices by a pipe that only this process holds open, so it must be made before any other child. It is a
    session of its own: what is sent to everyone else does not reach it.

    Args:
        folder: what to remove.
    """

    def __init__(self, folder: Path) -> None:
        watched, self._alive = os.pipe()
        os.set_inheritable(self._alive, False)
        parent = os.getpid()
        self._pid = os.fork()
        if self._pid == 0:
            os.close(self._alive)
            _wait_and_tidy(watched, folder, parent)
        os.close(watched)

    def dismiss(self) -> None:
        """End the janitor without work done: this process tidies up itself."""
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        os.close(self._alive)


def _wait_and_tidy(watched: int, folder: Path, parent: int) -> NoReturn:
    os.setsid()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    os.closerange(3, watched)
    os.closerange(watched + 1, 256)
    os.read(watched, 1)
    time.sleep(SETTLE_SECONDS)
    cgroups.sweep(gone=parent)
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)
