"""The command line that shows a finding's numbers again."""

from __future__ import annotations

import shlex
from pathlib import Path

from tools.evidence import Subject
from tools.window import Scope


def show_command(folder: Path, signal: str, table: str, scope: Scope, subject: Subject) -> str:
    """Return a `whydown show` command, quoted for a shell.

    Args:
        folder: the incident folder.
        signal: traces, logs or metrics.
        table: the table of that signal, named after the source's method.
        scope: the windows.
        subject: fills the filters.
    """
    words = ["whydown", "show", str(folder), signal, "--table", table, "--incident", str(scope.incident)]
    for window in scope.baseline:
        words += ["--baseline", str(window)]
    filters = {
        "--service": subject.service,
        "--operation": subject.operation,
        "--peer": subject.peer,
        "--pod": subject.pod,
        "--name": subject.name,
    }
    words += [word for flag, value in filters.items() if value for word in (flag, value)]
    return shlex.join(words)
