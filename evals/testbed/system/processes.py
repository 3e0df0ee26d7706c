"""Child processes of the keeper: forked from one warm process, supervised, ended with it."""

from __future__ import annotations

import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from evals.testbed.system.lifeline import die_with_parent

GRACE_SECONDS = 4.0
"""Time between asking a process to end and ending it: enough to flush its telemetry."""
RESTART_SECONDS = 1.0
"""Pause before a process that ended by itself is started again."""


@dataclass(slots=True)
class Child:
    """One process that should be running. `supervised` ones are restarted when they end by themselves."""

    name: str
    work: Callable[[], None]
    pid: int
    supervised: bool
    restarts: int = 0
    groups: list[Path] = field(default_factory=list)
    """Control groups it lives in, and again after a restart."""
    due: float | None = None
    """When to start it again (monotonic seconds); None while it runs."""


class Processes:
    """The children, by name.

    Args:
        logs: folder for their output, one file each.
    """

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._children: dict[str, Child] = {}

    def start(self, name: str, work: Callable[[], None], *, supervised: bool) -> int:
        """Fork a process that does some work and ends; return its pid."""
        self.stop(name)
        pid = self._fork(name, work)
        self._children[name] = Child(name, work, pid, supervised)
        return pid

    def stop(self, name: str, grace: float = GRACE_SECONDS) -> None:
        """End a process, if it runs, and forget it; after the grace, by force."""
        if name in self._children:
            self._stop([self._children[name]], grace)

    def stop_all(self, except_for: str = "") -> None:
        """End all processes at the same time, but one."""
        self._stop([child for child in self._children.values() if child.name != except_for], GRACE_SECONDS)

    def _stop(self, chosen: list[Child], grace: float) -> None:
        for child in chosen:
            self._signal(child, signal.SIGTERM)
            self._signal(child, signal.SIGCONT)
        deadline = time.monotonic() + grace
        while time.monotonic() < deadline and any(self._alive(child) for child in chosen):
            time.sleep(0.02)
        for child in chosen:
            self._signal(child, signal.SIGKILL)
            while self._alive(child):
                time.sleep(0.01)
            del self._children[child.name]

    def send(self, name: str, number: signal.Signals) -> None:
        """Send a signal to a process; one that ends of it is restarted if it is supervised."""
        if name in self._children:
            self._signal(self._children[name], number)

    def confine(self, name: str, groups: list[Path]) -> None:
        """Move a process into control groups; no groups move it back to where everyone is."""
        child = self._children[name]
        for group in groups or [left.parent for left in child.groups]:
            (group / "cgroup.procs").write_text(str(child.pid), encoding="ascii")
        child.groups = groups

    def supervise(self) -> None:
        """Notice what ended, and start again what should run."""
        for child in list(self._children.values()):
            if child.due is None and not self._alive(child):
                if not child.supervised:
                    del self._children[child.name]
                    continue
                child.due = time.monotonic() + RESTART_SECONDS
            if child.due is not None and time.monotonic() >= child.due:
                child.pid = self._fork(child.name, child.work)
                self.confine(child.name, child.groups)
                child.restarts += 1
                child.due = None

    def status(self) -> dict[str, dict[str, int]]:
        """Return pid (0 while it is down) and number of restarts of each process."""
        return {
            child.name: {"pid": 0 if child.due is not None else child.pid, "restarts": child.restarts}
            for child in self._children.values()
        }

    def _fork(self, name: str, work: Callable[[], None]) -> int:
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            _be_child(parent, self._logs / f"{name}.log", work)
        return pid

    def _signal(self, child: Child, number: signal.Signals) -> None:
        if child.due is None and self._alive(child):
            os.kill(child.pid, number)

    def _alive(self, child: Child) -> bool:
        """Tell whether a process runs, and reap it when it does not."""
        if child.pid == 0:
            return False
        try:
            ended, _ = os.waitpid(child.pid, os.WNOHANG)
        except ChildProcessError:
            ended = child.pid
        if ended:
            child.pid = 0
        return not ended


def _be_child(parent: int, log: Path, work: Callable[[], None]) -> None:
    """Turn a fork into a process of its own; never returns."""
    status = 1
    try:
        die_with_parent(parent)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        null = os.open(os.devnull, os.O_RDONLY)
        output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        for source, target in ((null, 0), (output, 1), (output, 2)):
            os.dup2(source, target)
        os.closerange(3, 256)
        work()
        status = 0
    except BaseException:  # the last frame of a process: whatever it was belongs into its log
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
