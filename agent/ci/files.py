"""A failed run from files on a disk, for trying the bot and for CI systems without an API."""

from __future__ import annotations

from pathlib import Path

from agent.ci.inputs import FailedRun
from tools.ci.archive import read_job_logs
from tools.ci.codeowners import parse_codeowners
from tools.ci.diff import parse_diff
from tools.ci.junit import read_junit
from tools.errors import InputError


def run_from_files(
    logs: list[Path],
    *,
    junit: list[Path],
    earlier: list[Path],
    diff: Path | None,
    codeowners: Path | None,
    folder: Path | None,
) -> FailedRun:
    """Read everything that was given.

    Raises:
        InputError: nothing was given that tells of a failure, or a file is missing or damaged.
    """
    if not logs and not junit:
        raise InputError("no job log and no test report given", "whydown ci analyse --log FILE [--junit FILE]")
    return FailedRun(
        jobs=tuple(log for path in logs for log in read_job_logs(path)),
        earlier=tuple(log for path in earlier for log in read_job_logs(path)),
        tests=tuple(case for path in junit for case in read_junit(path)),
        diff=tuple(parse_diff(_text(diff))) if diff else (),
        owners=tuple(parse_codeowners(_text(codeowners))) if codeowners else (),
        folder=folder,
    )


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise InputError(f"cannot read {path}", str(error.strerror)) from error
