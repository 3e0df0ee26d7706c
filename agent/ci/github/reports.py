"""Fetch the report that an earlier run left as an artifact. It tells of hostile text, so it is read as hostile itself.

It counts only when the run that uploaded it is one of a workflow on the main branch (`workflow_run`): a run of a
pull request could upload anything under that name.
"""

from __future__ import annotations

from pydantic import ValidationError

from agent.ci.github.repository import Repository
from agent.schema import Report
from tools.ci.archive import checked_members, opened
from tools.errors import CodeHostError, FormatError

ARTIFACT = "whydown-report"
MAX_BYTES = 16 * 1024 * 1024
TRUSTED_EVENTS = frozenset({"workflow_run", "workflow_dispatch"})
_GONE = "artifacts expire; repeat the failed run and ask again"


def run_name(report_run: int) -> str:
    """Return the id under which a run's report is known in the knowledge base."""
    return f"ci-{report_run}"


def load_report(repository: Repository, report_run: int) -> Report:
    """Return the report that a run has uploaded.

    Args:
        repository: where it ran.
        report_run: number of the run that explained the failure, from our own comment's marker.

    Raises:
        FormatError: there is none, it has expired, or it is damaged, too large or no report.
        CodeHostError: GitHub refuses or cannot be reached.
    """
    if not report_run:
        raise FormatError("no report of this run was kept", "let the workflow upload it, see README")
    try:
        trusted = repository.run(report_run).event in TRUSTED_EVENTS
        found = [one for one in repository.artifacts(report_run) if one.name == ARTIFACT and not one.expired]
        if not found:
            raise FormatError("the report of this run is gone", _GONE)
        if not trusted:
            raise FormatError("the report comes from a run that may not be trusted", "see README for the workflows")
        data = repository.artifact(max(one.id for one in found))
    except CodeHostError as error:
        if error.status in {404, 410}:
            raise FormatError("the report of this run is gone", _GONE) from error
        raise
    return read_report(data).model_copy(update={"run_id": run_name(report_run)})


def read_report(data: bytes) -> Report:
    """Return the one report that an artifact holds.

    Raises:
        FormatError: a damaged archive, more or other than one JSON file, too large, or no report.
    """
    with opened(data, "the report's artifact is a damaged archive") as archive:
        members = checked_members(archive)
        if len(members) != 1 or not members[0].filename.endswith(".json"):
            raise FormatError("the report's artifact does not hold exactly one report", "it is not read")
        if members[0].file_size > MAX_BYTES:
            raise FormatError("the report is too large", f"at most {MAX_BYTES // 2**20} MiB are read")
        text = archive.read(members[0])
    try:
        return Report.model_validate_json(text)
    except ValidationError as error:
        raise FormatError("the artifact holds no report of this version", error.errors()[0]["msg"]) from error
