"""Ties to a parent: a process that outlives it is ended by the kernel."""

from __future__ import annotations

import ctypes
import os
import pwd
import signal

from evals.testbed.system.prerequisites import setpriv

_PR_SET_PDEATHSIG = 1
_UNPRIVILEGED = ("postgres", "nobody")


def die_with_parent(parent: int, death: signal.Signals = signal.SIGKILL) -> None:
    """Have the kernel send this process a signal when its parent ends; end at once if it already has.

    Args:
        parent: the pid of the parent, taken before the fork.
        death: the signal.
    """
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, int(death), 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def store_command(program: list[str], death: signal.Signals) -> list[str]:
    """Return the command that runs a store without root rights and ends it with this process.

    PostgreSQL refuses to run as root, and neither store has any business to.
    """
    drop: list[str] = []
    if user := store_user():
        drop = [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    return [setpriv(), *drop, f"--pdeathsig={death.name.removeprefix('SIG')}", *program]


def store_user() -> pwd.struct_passwd | None:
    """Return the account that stores run under; None when this process is not root and keeps its own."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    return next((names[name] for name in _UNPRIVILEGED if name in names), names["root"])
