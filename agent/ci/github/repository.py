"""What whydown asks of one GitHub repository."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from typing import TypeVar
from urllib.parse import quote

from pydantic import BaseModel, ValidationError

from agent.ci.github.models import (
    Artifact,
    ChangedFile,
    Comment,
    Content,
    Job,
    ListedCommit,
    Page,
    Permission,
    PullRequest,
    Reaction,
    WorkflowRun,
)
from agent.ci.github.transport import Transport
from tools.errors import CodeHostError, InputError

Model = TypeVar("Model", bound=BaseModel)
CODEOWNERS = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
"""Where GitHub looks, in this order."""


class Repository:
    """One repository, by its name `owner/repo`.

    Raises:
        InputError: the name has another form.
    """

    def __init__(self, transport: Transport, name: str) -> None:
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+", name):
            raise InputError(f"{name!r} is no repository", "write owner/repo")
        self._transport = transport
        self.name = name
        self._base = f"/repos/{name}"

    def run(self, run_id: int) -> WorkflowRun:
        """Return a run of a workflow."""
        return _read(WorkflowRun, self._transport.get(f"{self._base}/actions/runs/{run_id}"))

    def jobs(self, run_id: int, attempt: int) -> list[Job]:
        """Return the jobs of one attempt of a run."""
        path = f"{self._base}/actions/runs/{run_id}/attempts/{attempt}/jobs"
        return [job for page in self._transport.pages(path) for job in _read(Page, page).jobs]

    def job_log(self, job_id: int) -> str:
        """Return a job's log; empty when it has expired."""
        try:
            data = self._transport.download(f"{self._base}/actions/jobs/{job_id}/logs")
        except CodeHostError as error:
            if error.status in {404, 410}:
                return ""
            raise
        return data.decode("utf-8", errors="replace")

    def runs_of(self, workflow_id: int, **query: str | int) -> list[WorkflowRun]:
        """Return the newest runs of a workflow, at most one page, filtered as GitHub documents."""
        path = f"{self._base}/actions/workflows/{workflow_id}/runs"
        return list(_read(Page, self._transport.get(path, **{"per_page": 30, **query})).workflow_runs)

    def artifacts(self, run_id: int) -> list[Artifact]:
        """Return what a run uploaded."""
        path = f"{self._base}/actions/runs/{run_id}/artifacts"
        return [found for page in self._transport.pages(path) for found in _read(Page, page).artifacts]

    def artifact(self, artifact_id: int) -> bytes:
        """Return an artifact as a zip archive; it is hostile."""
        return self._transport.download(f"{self._base}/actions/artifacts/{artifact_id}/zip")

    def pulls_of(self, sha: str) -> list[PullRequest]:
        """Return the pull requests that contain a commit, also from forks."""
        path = f"{self._base}/commits/{quote(sha, safe='')}/pulls"
        return [_read(PullRequest, item) for page in self._transport.pages(path) for item in page]

    def pull(self, number: int) -> PullRequest:
        """Return a pull request."""
        return _read(PullRequest, self._transport.get(f"{self._base}/pulls/{number}"))

    def files(self, number: int) -> list[ChangedFile]:
        """Return the changed files of a pull request."""
        path = f"{self._base}/pulls/{number}/files"
        return [_read(ChangedFile, item) for page in self._transport.pages(path) for item in page]

    def commits(self, number: int) -> list[ListedCommit]:
        """Return the commits of a pull request, oldest first."""
        path = f"{self._base}/pulls/{number}/commits"
        return [_read(ListedCommit, item) for page in self._transport.pages(path) for item in page]

    def comments(self, number: int) -> Iterator[Comment]:
        """Yield the comments of a pull request, oldest first."""
        path = f"{self._base}/issues/{number}/comments"
        yield from (_read(Comment, item) for page in self._transport.pages(path) for item in page)

    def comment(self, comment_id: int) -> Comment:
        """Return one comment."""
        return _read(Comment, self._transport.get(f"{self._base}/issues/comments/{comment_id}"))

    def add_comment(self, number: int, body: str) -> Comment:
        """Comment on a pull request."""
        return _read(Comment, self._transport.send("POST", f"{self._base}/issues/{number}/comments", {"body": body}))

    def edit_comment(self, comment_id: int, body: str) -> Comment:
        """Replace a comment's text."""
        path = f"{self._base}/issues/comments/{comment_id}"
        return _read(Comment, self._transport.send("PATCH", path, {"body": body}))

    def delete_comment(self, comment_id: int) -> None:
        """Delete a comment; that it is gone already is no failure."""
        self._transport.delete(f"{self._base}/issues/comments/{comment_id}")

    def reactions(self, comment_id: int) -> list[Reaction]:
        """Return the reactions to a comment."""
        path = f"{self._base}/issues/comments/{comment_id}/reactions"
        return [_read(Reaction, item) for page in self._transport.pages(path) for item in page]

    def permission(self, login: str) -> str:
        """Return what a person may do: admin, write, read or none."""
        path = f"{self._base}/collaborators/{quote(login, safe='')}/permission"
        try:
            return _read(Permission, self._transport.get(path)).permission
        except CodeHostError as error:
            if error.status == 404:
                return "none"
            raise

    def file(self, path: str, ref: str = "") -> str | None:
        """Return a text file at a branch or commit, None when there is no such file."""
        query = {"ref": ref} if ref else {}
        try:
            found = _read(Content, self._transport.get(f"{self._base}/contents/{quote(path)}", **query))
        except CodeHostError as error:
            if error.status == 404:
                return None
            raise
        return base64.b64decode(found.content).decode("utf-8", errors="replace") if found.encoding == "base64" else None

    def codeowners(self, ref: str) -> str:
        """Return the CODEOWNERS file of a branch; empty when there is none."""
        return next((text for place in CODEOWNERS if (text := self.file(place, ref)) is not None), "")


def _read(kind: type[Model], answer: object) -> Model:
    """Read an answer.

    Raises:
        CodeHostError: it lacks what it must have.
    """
    try:
        return kind.model_validate(answer)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise CodeHostError(f"GitHub's answer lacks {where or kind.__name__}", str(first["msg"])) from error
