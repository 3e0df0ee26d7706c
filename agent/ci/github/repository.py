"""What whydown asks of one GitHub repository."""

from __future__ import annotations

import base64
import datetime as dt
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
        self.transport = transport
        self.name = name
        self.base = f"/repos/{name}"

    def run(self, run_id: int) -> WorkflowRun:
        """Return a run of a workflow."""
        return read_answer(WorkflowRun, self.transport.get(f"{self.base}/actions/runs/{run_id}"))

    def jobs(self, run_id: int, attempt: int) -> list[Job]:
        """Return the jobs of one attempt of a run."""
        path = f"{self.base}/actions/runs/{run_id}/attempts/{attempt}/jobs"
        return [job for page in self.transport.pages(path) for job in read_answer(Page, page).jobs]

    def job_log(self, job_id: int) -> str:
        """Return a job's log; empty when it has expired."""
        try:
            data = self.transport.download(f"{self.base}/actions/jobs/{job_id}/logs")
        except CodeHostError as error:
            if error.status in {404, 410}:
                return ""
            raise
        return data.decode("utf-8", errors="replace")

    def runs_of(self, workflow_id: int, **query: str | int) -> list[WorkflowRun]:
        """Return the newest runs of a workflow, at most one page, filtered as GitHub documents."""
        path = f"{self.base}/actions/workflows/{workflow_id}/runs"
        return list(read_answer(Page, self.transport.get(path, **{"per_page": 30, **query})).workflow_runs)

    def artifacts(self, run_id: int) -> list[Artifact]:
        """Return what a run uploaded."""
        path = f"{self.base}/actions/runs/{run_id}/artifacts"
        return [found for page in self.transport.pages(path) for found in read_answer(Page, page).artifacts]

    def artifact(self, artifact_id: int) -> bytes:
        """Return an artifact as a zip archive; it is hostile."""
        return self.transport.download(f"{self.base}/actions/artifacts/{artifact_id}/zip")

    def pulls_of(self, sha: str) -> list[PullRequest]:
        """Return the pull requests that contain a commit, also from forks."""
        path = f"{self.base}/commits/{quote(sha, safe='')}/pulls"
        return [read_answer(PullRequest, item) for page in self.transport.pages(path) for item in page]

    def pull(self, number: int) -> PullRequest:
        """Return a pull request."""
        return read_answer(PullRequest, self.transport.get(f"{self.base}/pulls/{number}"))

    def files(self, number: int) -> list[ChangedFile]:
        """Return the changed files of a pull request."""
        path = f"{self.base}/pulls/{number}/files"
        return [read_answer(ChangedFile, item) for page in self.transport.pages(path) for item in page]

    def commits(self, number: int) -> list[ListedCommit]:
        """Return the commits of a pull request, oldest first."""
        path = f"{self.base}/pulls/{number}/commits"
        return [read_answer(ListedCommit, item) for page in self.transport.pages(path) for item in page]

    def comments(self, number: int) -> Iterator[Comment]:
        """Yield the comments of a pull request, oldest first."""
        path = f"{self.base}/issues/{number}/comments"
        yield from (read_answer(Comment, item) for page in self.transport.pages(path) for item in page)

    def comment(self, comment_id: int) -> Comment:
        """Return one comment."""
        return read_answer(Comment, self.transport.get(f"{self.base}/issues/comments/{comment_id}"))

    def add_comment(self, number: int, body: str) -> Comment:
        """Comment on a pull request."""
        return read_answer(
            Comment, self.transport.send("POST", f"{self.base}/issues/{number}/comments", {"body": body})
        )

    def edit_comment(self, comment_id: int, body: str) -> Comment:
        """Replace a comment's text."""
        path = f"{self.base}/issues/comments/{comment_id}"
        return read_answer(Comment, self.transport.send("PATCH", path, {"body": body}))

    def delete_comment(self, comment_id: int) -> None:
        """Delete a comment; that it is gone already is no failure."""
        self.transport.delete(f"{self.base}/issues/comments/{comment_id}")

    def all_comments(self, since: dt.datetime) -> Iterator[Comment]:
        """Yield the comments on all issues and pull requests that were changed since a moment, oldest first."""
        path, query = f"{self.base}/issues/comments", {"since": f"{since.astimezone(dt.UTC):%FT%TZ}", "sort": "created"}
        yield from (read_answer(Comment, item) for page in self.transport.pages(path, **query) for item in page)

    def reactions(self, comment_id: int) -> list[Reaction]:
        """Return the reactions to a comment."""
        path = f"{self.base}/issues/comments/{comment_id}/reactions"
        return [read_answer(Reaction, item) for page in self.transport.pages(path) for item in page]

    def permission(self, login: str) -> str:
        """Return what a person may do: admin, write, read or none."""
        path = f"{self.base}/collaborators/{quote(login, safe='')}/permission"
        try:
            return read_answer(Permission, self.transport.get(path)).permission
        except CodeHostError as error:
            if error.status == 404:
                return "none"
            raise

    def file(self, path: str, ref: str = "") -> str | None:
        """Return a text file at a branch or commit, None when there is no such file."""
        query = {"ref": ref} if ref else {}
        try:
            found = read_answer(Content, self.transport.get(f"{self.base}/contents/{quote(path)}", **query))
        except CodeHostError as error:
            if error.status == 404:
                return None
            raise
        return base64.b64decode(found.content).decode("utf-8", errors="replace") if found.encoding == "base64" else None

    def codeowners(self, ref: str) -> str:
        """Return the CODEOWNERS file of a branch; empty when there is none."""
        return next((text for place in CODEOWNERS if (text := self.file(place, ref)) is not None), "")


def read_answer(kind: type[Model], answer: object) -> Model:
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
