"""What is known about a failed run, wherever it came from: files on a disk or an API."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict

from tools.ci.archive import JobLog
from tools.ci.codeowners import Rule
from tools.ci.diff import FileChange
from tools.ci.junit import TestResult


class PastRun(BaseModel):
    """An earlier run of the same workflow: which commit, and how it ended (success, failure, …)."""

    model_config = ConfigDict(frozen=True)

    sha: str
    conclusion: str
    attempt: int = 1
    failed_tests: frozenset[str] = frozenset()


class Commit(BaseModel):
    """A commit of the change under test."""

    model_config = ConfigDict(frozen=True)

    sha: str
    author: str = ""
    message: str = ""


class FailedRun(BaseModel):
    """A failed run. Everything but the job logs or test results may be missing.

    Attributes:
        jobs: raw logs of the jobs that failed.
        earlier: raw logs of earlier successful runs of the same jobs.
        tests: what the test reports say.
        diff: the change under test.
        commits: its commits, oldest first.
        history: earlier runs, newest first, of the same commit or others.
        owners: rules of CODEOWNERS.
        folder: incident folder that was recorded while the tests ran.
        started, finished: UTC.
        refused: why what the run uploaded was not read; empty when it was.
    """

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    name: str = ""
    sha: str = ""
    jobs: tuple[JobLog, ...] = ()
    earlier: tuple[JobLog, ...] = ()
    tests: tuple[TestResult, ...] = ()
    diff: tuple[FileChange, ...] = ()
    commits: tuple[Commit, ...] = ()
    history: tuple[PastRun, ...] = ()
    owners: tuple[Rule, ...] = ()
    folder: Path | None = None
    started: AwareDatetime | None = None
    finished: AwareDatetime | None = None
    refused: str = ""

    def window(self, now: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
        """Return when the run took place, as far as it is known; an instant ending now otherwise."""
        end = self.finished or now
        return (self.started or end - dt.timedelta(microseconds=1), end)
