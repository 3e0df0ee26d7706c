"""Run git as a reader: fixed arguments, no shell, no program that a repository could name, bounded output.

A repository's own configuration may name programs (pagers, external diffs, text converters, signature
checks, file system monitors, hooks) and remotes to fetch from. None of them is honoured here.
"""

from __future__ import annotations

import os
import subprocess
import threading
from pathlib import Path

from tools.errors import InputError, PrerequisiteError

SECONDS = 15.0
"""After this a git that has not answered is ended."""
_GLOBAL = (
    "--no-pager",
    "--no-replace-objects",
    "--literal-pathspecs",
    "--no-optional-locks",
    "-c",
    "core.fsmonitor=false",
    "-c",
    f"core.hooksPath={os.devnull}",
    "-c",
    "protocol.allow=never",
    "-c",
    "log.showSignature=false",
)
_ENVIRONMENT = {
    "PATH": os.defpath,
    "LC_ALL": "C",
    "HOME": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_TERMINAL_PROMPT": "0",
}


def run_git(folder: Path, *arguments: str, limit: int) -> str:
    """Return what a git command prints, at most `limit` bytes of it; what is not UTF-8 is replaced.

    Args:
        folder: the repository.
        arguments: subcommand and its arguments; never text that may begin with a dash unless after
            `--end-of-options`.
        limit: bytes after which git is ended.

    Raises:
        InputError: git refuses, or does not answer in time.
        PrerequisiteError: git is not installed.
    """
    command = ["git", *_GLOBAL, "-C", str(folder), *arguments]
    try:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=_ENVIRONMENT
        )
    except FileNotFoundError as error:
        raise PrerequisiteError("git is not installed", "install it, or leave the setting repository empty") from error
    late = threading.Event()

    def end() -> None:
        late.set()
        process.kill()

    timer = threading.Timer(SECONDS, end)
    timer.start()
    try:
        return _read(process, limit, late)
    finally:
        timer.cancel()


def _read(process: subprocess.Popen[bytes], limit: int, late: threading.Event) -> str:
    with process:
        assert process.stdout is not None
        assert process.stderr is not None
        found = process.stdout.read(limit + 1)
        cut = len(found) > limit
        if cut:
            process.kill()
        said = process.stderr.read(2000).decode("utf-8", "replace").strip()
    if late.is_set():
        raise InputError(f"git did not answer within {SECONDS:g} s", "")
    if process.returncode and not cut:
        reason = said.splitlines()[0] if said else f"exit code {process.returncode}"
        raise InputError("git refuses", reason.removeprefix("fatal: ")[:200])
    return found[:limit].decode("utf-8", "replace")
