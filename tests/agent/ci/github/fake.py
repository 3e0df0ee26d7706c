"""A small GitHub that remembers its comments.

Every request is checked against GitHub's own published description: `openapi.json`, which
`cut_description.py` cut from @octokit/openapi (MIT).
"""

from __future__ import annotations

import base64
import io
import json
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import httpx
from openapi_core import OpenAPI
from openapi_core.datatypes import RequestParameters
from pydantic import SecretStr

from agent.ci.github.repository import Repository
from agent.ci.github.transport import API, Transport

TOKEN = "ghs_secret"
NAME = "octo/shop"
BOT = "github-actions[bot]"
Routes = dict[str, Callable[..., httpx.Response]]
DIFF_HUNK = "@@ -10,1 +10,2 @@ def total(prices):\n     count = len(prices)\n+    return sum(prices[:-1])"


@cache
def description() -> OpenAPI:
    """Return GitHub's description, read once."""
    return OpenAPI.from_file_path(str(Path(__file__).with_name("openapi.json")))


def check_request(request: httpx.Request) -> None:
    """Check a request against GitHub's description, and that it carries the token.

    Raises:
        OpenAPIError: GitHub knows no such operation, or not with these parameters or this body.
    """
    description().validate_request(_Request(request))
    assert request.headers["authorization"] == f"Bearer {TOKEN}"


def routed(request: httpx.Request, name: str, routes: Routes) -> httpx.Response:
    """Answer a request about a repository by the first route that it fits, a method and a pattern of its path."""
    path = request.url.path.removeprefix(f"/repos/{name}")
    for pattern, handler in routes.items():
        method, _, expression = pattern.partition(" ")
        if request.method == method and (found := re.fullmatch(expression, path)):
            return handler(request, *found.groups())
    return missing()


class _Request:
    """An httpx request as openapi-core wants it."""

    def __init__(self, request: httpx.Request) -> None:
        self.host_url = API
        self.path = request.url.path
        # The description has one parameter for all that follows these.
        for parent in ("/contents/", "/git/ref/", "/zipball/"):
            before, found, path = self.path.partition(parent)
            self.path = before + found + path.replace("/", "%2F")
        self.method = request.method.lower()
        self.content_type = request.headers.get("content-type", "")
        self.body = request.content or None
        query = parse_qsl(request.url.query.decode())
        self.parameters = RequestParameters(query=dict(query), header=dict(request.headers), cookie={})


@dataclass
class FakeGitHub:
    """State of one repository; change it before or between requests."""

    run: dict[str, Any] = field(default_factory=lambda: workflow_run(100))
    history: list[dict[str, Any]] = field(default_factory=list)
    jobs: dict[int, list[dict[str, Any]]] = field(default_factory=lambda: {100: [job(1, "build")]})
    logs: dict[int, str] = field(default_factory=dict)
    artifacts: list[dict[str, Any]] = field(default_factory=list)
    archives: dict[int, bytes] = field(default_factory=dict)
    pulls: list[dict[str, Any]] = field(default_factory=lambda: [pull_request(5)])
    files: list[dict[str, Any]] = field(default_factory=list)
    contents: dict[str, str] = field(default_factory=dict)
    comments: list[dict[str, Any]] = field(default_factory=list)
    permissions: dict[str, str] = field(default_factory=dict)
    requests: list[httpx.Request] = field(default_factory=list)
    trouble: list[httpx.Response] = field(default_factory=list)
    before: Callable[[httpx.Request], None] = lambda request: None
    made: int = 0
    runs: dict[int, dict[str, Any]] = field(default_factory=dict)
    reactions: dict[int, list[dict[str, Any]]] = field(default_factory=dict)

    def repository(self, waits: list[float] | None = None) -> Repository:
        """Return a repository that talks to this fake."""
        client = httpx.Client(transport=httpx.MockTransport(self.answer))
        return Repository(
            Transport(SecretStr(TOKEN), client=client, sleep=(waits if waits is not None else []).append), NAME
        )

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Check a request and answer it."""
        self.requests.append(request)
        if request.url.host == "blobs.example":
            return self._blob(request)
        check_request(request)
        if self.trouble:
            return self.trouble.pop(0)
        self.before(request)
        return routed(request, NAME, self._routes())

    def _blob(self, request: httpx.Request) -> httpx.Response:
        assert "authorization" not in request.headers, "the token must not leave GitHub"
        kind, number = request.url.path.strip("/").split("/")
        data = self.logs[int(number)].encode() if kind == "log" else self.archives[int(number)]
        return httpx.Response(200, content=data)

    def _routes(self) -> Routes:
        return {
            r"GET /actions/runs/(\d+)": self._run,
            r"GET /actions/runs/(\d+)/attempts/(\d+)/jobs": self._jobs,
            r"GET /actions/jobs/(\d+)/logs": self._log,
            r"GET /actions/workflows/\d+/runs": lambda request: ok(
                {"total_count": len(self.history), "workflow_runs": self.history}
            ),
            r"GET /actions/runs/\d+/artifacts": lambda request: self._page(request, self.artifacts, "artifacts"),
            r"GET /actions/artifacts/(\d+)/zip": lambda request, number: redirect(f"archive/{number}"),
            r"GET /commits/\w+/pulls": lambda request: self._page(request, self.pulls),
            r"GET /pulls/(\d+)/files": lambda request, number: self._page(request, self.files),
            r"GET /pulls/(\d+)/commits": lambda request, number: ok([listed_commit()]),
            r"GET /contents/(.+)": self._contents,
            r"GET /issues/comments": lambda request: self._page(request, self.comments),
            r"GET /issues/comments/(\d+)": self._one_comment,
            r"GET /issues/comments/(\d+)/reactions": lambda request, number: self._page(
                request, self.reactions.get(int(number), [])
            ),
            r"GET /issues/\d+/comments": lambda request: self._page(request, self.comments),
            r"POST /issues/\d+/comments": self._comment,
            r"PATCH /issues/comments/(\d+)": self._edit,
            r"DELETE /issues/comments/(\d+)": self._delete,
            r"GET /collaborators/([\w-]+)/permission": self._permission,
        }

    def _run(self, request: httpx.Request, number: str) -> httpx.Response:
        held = {self.run["id"]: self.run, **self.runs}.get(int(number))
        return ok(held) if held else missing()

    def _jobs(self, request: httpx.Request, number: str, attempt: str) -> httpx.Response:
        return self._page(request, self.jobs.get(int(number), []), "jobs")

    def _log(self, request: httpx.Request, number: str) -> httpx.Response:
        return redirect(f"log/{number}") if int(number) in self.logs else httpx.Response(410, json={"message": "gone"})

    def _page(self, request: httpx.Request, items: list[dict[str, Any]], wrapped: str = "") -> httpx.Response:
        size, page = int(request.url.params.get("per_page", 30)), int(request.url.params.get("page", 1))
        shown = items[(page - 1) * size : page * size]
        more = request.url.copy_merge_params({"page": page + 1})
        headers = {"link": f'<{more}>; rel="next"'} if len(items) > page * size else {}
        return ok({"total_count": len(items), wrapped: shown} if wrapped else shown, headers)

    def _contents(self, request: httpx.Request, path: str) -> httpx.Response:
        if path not in self.contents:
            return missing()
        encoded = base64.encodebytes(self.contents[path].encode()).decode()
        return ok({"type": "file", "encoding": "base64", "content": encoded, "path": path, "sha": "a" * 40})

    def _comment(self, request: httpx.Request) -> httpx.Response:
        self.made += 1
        made = comment(1_000 + self.made, json.loads(request.content)["body"])
        self.comments.append(made)
        return ok(made, status=201)

    def _one_comment(self, request: httpx.Request, number: str) -> httpx.Response:
        held = next((one for one in self.comments if one["id"] == int(number)), None)
        return ok(held) if held else missing()

    def _edit(self, request: httpx.Request, number: str) -> httpx.Response:
        held = next((one for one in self.comments if one["id"] == int(number)), None)
        if held is None:
            return missing()
        held["body"] = json.loads(request.content)["body"]
        return ok(held)

    def _delete(self, request: httpx.Request, number: str) -> httpx.Response:
        before = len(self.comments)
        self.comments[:] = [one for one in self.comments if one["id"] != int(number)]
        return httpx.Response(204) if len(self.comments) < before else missing()

    def _permission(self, request: httpx.Request, login: str) -> httpx.Response:
        return ok({"permission": self.permissions[login]}) if login in self.permissions else missing()


def ok(body: Any, headers: dict[str, str] | None = None, status: int = 200) -> httpx.Response:
    """Return a JSON answer."""
    return httpx.Response(status, json=body, headers=headers)


def missing() -> httpx.Response:
    """Return what GitHub answers for what is not there."""
    return httpx.Response(404, json={"message": "Not Found"})


def redirect(path: str) -> httpx.Response:
    """Return a redirect to the store that keeps logs and artifacts."""
    return httpx.Response(302, headers={"location": f"https://blobs.example/{path}"})


def workflow_run(number: int, sha: str = "a" * 40, conclusion: str = "failure", attempt: int = 1) -> dict[str, Any]:
    """Return a run as GitHub answers it, with the fields that are read and a few that are not."""
    return {
        "id": number,
        "name": "ci",
        "workflow_id": 9,
        "run_attempt": attempt,
        "head_sha": sha,
        "head_branch": "feature",
        "event": "pull_request",
        "status": "completed",
        "conclusion": conclusion,
        "run_started_at": "2026-11-24T10:00:00Z",
        "updated_at": "2026-11-24T10:05:00Z",
        "pull_requests": [],
        "repository": {"private": False},
    }


def job(number: int, name: str, conclusion: str = "failure") -> dict[str, Any]:
    """Return a job."""
    steps = [{"name": "Test", "number": 2, "status": "completed", "conclusion": conclusion}]
    return {"id": number, "name": name, "conclusion": conclusion, "status": "completed", "steps": steps}


def pull_request(number: int, sha: str = "a" * 40, state: str = "open") -> dict[str, Any]:
    """Return a pull request of a fork."""
    return {
        "number": number,
        "state": state,
        "head": {"ref": "feature", "sha": sha, "repo": {"fork": True}},
        "base": {"ref": "main", "sha": "b" * 40},
    }


def listed_commit() -> dict[str, Any]:
    """Return a commit of a pull request."""
    return {"sha": "a" * 40, "commit": {"message": "cheaper carts"}, "author": {"login": "ada", "type": "User"}}


def comment(number: int, body: str, login: str = BOT) -> dict[str, Any]:
    """Return a comment on pull request 5."""
    return {
        "id": number,
        "body": body,
        "user": {"login": login, "type": "Bot" if login == BOT else "User"},
        "issue_url": f"{API}/repos/{NAME}/issues/5",
        "created_at": "2026-11-24T10:06:00Z",
        "reactions": {"total_count": 1},
    }


def packed(members: dict[str, bytes | str]) -> bytes:
    """Return a zip archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()
