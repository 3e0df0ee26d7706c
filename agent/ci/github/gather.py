"""Collect what GitHub knows about a failed run: logs, change, earlier runs, owners, and what the run uploaded."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from agent.ci.comment import JobLink
from agent.ci.github.artifact import Uploaded, unpack
from agent.ci.github.models import ChangedFile, Job, PullRequest, WorkflowRun
from agent.ci.github.repository import Repository
from agent.ci.github.steps import job_link
from agent.ci.inputs import Commit, FailedRun, PastRun
from tools.ci.archive import JobLog
from tools.ci.codeowners import parse_codeowners
from tools.ci.diff import FileChange, parse_diff
from tools.errors import CodeHostError, FormatError, InputError

ARTIFACT = "whydown"
"""Name of the artifact in which a run hands over test reports and recorded telemetry."""
FAILED = frozenset({"failure", "timed_out", "startup_failure"})
JOBS, EARLIER, HISTORY = 5, 2, 30
"""Failed jobs read, successful runs compared with, and earlier runs whose end is looked at."""
REPORTS = 3
"""Earlier failed runs whose test reports are read, to tell a test that fails now and then."""


class Gathered(NamedTuple):
    """Everything about a failed run, and where its jobs are on GitHub's pages."""

    run: FailedRun
    jobs: tuple[JobLink, ...]


class Target(NamedTuple):
    """A run, and the pull request that it belongs to, if any."""

    run: WorkflowRun
    pull: PullRequest | None


def find_target(repository: Repository, run_id: int) -> Target:
    """Return a run and its pull request. The number is never taken from an artifact.

    Raises:
        CodeHostError: there is no such run, or GitHub refuses.
    """
    run = repository.run(run_id)
    listed = [pull for pull in run.pull_requests or () if pull.state == "open"]
    if not listed and re.fullmatch(r"[0-9a-f]{40,64}", run.head_sha):
        listed = [pull for pull in repository.pulls_of(run.head_sha) if pull.state == "open"]
    exact = [pull for pull in listed if pull.head.sha == run.head_sha]
    return Target(run, next(iter(exact or listed), None))


def gather(repository: Repository, target: Target, scratch: Path) -> Gathered:
    """Read everything about a failed run.

    Args:
        repository: where it ran.
        target: the run and its pull request.
        scratch: an empty folder for what the run uploaded.

    Raises:
        InputError: the run did not fail.
        CodeHostError: GitHub refuses or cannot be reached.
    """
    run, pull = target
    jobs = [job for job in repository.jobs(run.id, run.run_attempt) if job.conclusion in FAILED]
    if not jobs and run.conclusion not in FAILED:
        raise InputError(f"run {run.id} did not fail", f"it ended with {run.conclusion or 'nothing yet'}")
    history = repository.runs_of(run.workflow_id, per_page=HISTORY) if run.workflow_id else []
    refused = ""
    try:
        uploaded = _uploaded(repository, run.id, scratch / "own")
    except FormatError as error:  # a bad artifact must not silence what the logs say
        uploaded, refused = Uploaded([], None), str(error)
    broken = any(case.broken for case in uploaded.tests)
    logs = [(job, repository.job_log(job.id)) for job in jobs[:JOBS]]
    read = FailedRun(
        name=run.name or "ci",
        sha=run.head_sha,
        jobs=tuple(JobLog(job.name, text, f"job {job.id}") for job, text in logs if text),
        earlier=tuple(_earlier(repository, history, run, {job.name for job in jobs})),
        tests=tuple(uploaded.tests),
        diff=tuple(changes(repository.files(pull.number))) if pull else (),
        commits=tuple(_commits(repository, pull)) if pull else (),
        history=tuple(_past(repository, history, run, scratch if broken else None)),
        owners=tuple(parse_codeowners(repository.codeowners(pull.base.ref if pull else ""))),
        folder=uploaded.folder,
        started=run.run_started_at,
        finished=run.updated_at,
        refused=refused,
    )
    return Gathered(read, tuple(job_link(job, text) for job, text in logs))


def _logs(repository: Repository, jobs: Sequence[Job]) -> list[JobLog]:
    found = [JobLog(job.name, repository.job_log(job.id), f"job {job.id}") for job in jobs]
    return [log for log in found if log.text]


def _earlier(repository: Repository, history: Sequence[WorkflowRun], run: WorkflowRun, names: set[str]) -> list[JobLog]:
    """Return logs of the same jobs of the last successful runs; none where they have expired."""
    found = []
    for old in [old for old in history if old.conclusion == "success" and old.id != run.id][:EARLIER]:
        alike = [job for job in repository.jobs(old.id, old.run_attempt) if job.name in names]
        found += _logs(repository, alike)
    return found


def _past(
    repository: Repository, history: Sequence[WorkflowRun], run: WorkflowRun, scratch: Path | None
) -> list[PastRun]:
    """Return the earlier runs; of the newest that failed on other commits also which tests failed, if it is asked."""
    others = [old for old in history if old.id != run.id]
    failed = [old.id for old in others if old.conclusion == "failure" and old.head_sha != run.head_sha]
    asked = failed[:REPORTS] if scratch is not None else []
    tests = {number: _failed_tests(repository, number, scratch / f"past-{number}") for number in asked if scratch}
    return [
        PastRun(
            sha=old.head_sha,
            conclusion=old.conclusion or "",
            attempt=old.run_attempt,
            failed_tests=tests.get(old.id, frozenset()),
        )
        for old in others
    ]


def _failed_tests(repository: Repository, run_id: int, scratch: Path) -> frozenset[str]:
    """Return the tests that failed in an earlier run; none where its artifact is gone or bad: it only helps."""
    try:
        return frozenset(case.id for case in _uploaded(repository, run_id, scratch).tests if case.broken)
    except FormatError:
        return frozenset()


def changes(files: Sequence[ChangedFile]) -> list[FileChange]:
    """Return the change of a pull request; files without a patch (binary, huge) keep their path."""
    found = []
    for file in files:
        header = f"--- a/{file.previous_filename or file.filename}\n+++ b/{file.filename}\n"
        parsed = parse_diff(header + file.patch)
        found.append(FileChange(file.filename, parsed[0].hunks if parsed else [], file.status == "removed"))
    return found


def _commits(repository: Repository, pull: PullRequest) -> list[Commit]:
    return [
        Commit(sha=one.sha, author=one.author.login if one.author else "", message=one.commit.message)
        for one in repository.commits(pull.number)
    ]


def _uploaded(repository: Repository, run_id: int, scratch: Path) -> Uploaded:
    found = [one for one in repository.artifacts(run_id) if one.name == ARTIFACT and not one.expired]
    if not found:
        return Uploaded([], None)
    try:
        data = repository.artifact(found[-1].id)
    except CodeHostError as error:
        if error.status in {404, 410}:
            return Uploaded([], None)
        raise
    return unpack(data, scratch)
