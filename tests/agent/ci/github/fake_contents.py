"""A small GitHub repository that remembers files, branches and pull requests. Requests are checked as in `fake`."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
from pydantic import SecretStr

from agent.ci.github.contents import Contents
from agent.ci.github.transport import Transport
from tests.agent.ci.github.fake import TOKEN, Routes, check_request, missing, ok, packed, redirect, routed

KNOWLEDGE = "octo/postmortems"
Files = dict[str, str]


@dataclass
class FakeContents:
    """Branches with their files, and pull requests."""

    branches: dict[str, Files] = field(default_factory=lambda: {"main": {"README.md": "# Postmortems\n"}})
    pulls: list[dict[str, Any]] = field(default_factory=list)
    requests: list[httpx.Request] = field(default_factory=list)
    before: Callable[[httpx.Request], None] = lambda request: None
    archive: str = "main"

    def contents(self) -> Contents:
        """Return a repository that talks to this fake."""
        client = httpx.Client(transport=httpx.MockTransport(self.answer))
        return Contents(Transport(SecretStr(TOKEN), client=client, sleep=lambda seconds: None), KNOWLEDGE)

    def merge(self, number: int) -> None:
        """Merge a pull request."""
        pull = self.pulls[number - 1]
        self.branches["main"] |= self.branches[pull["head"]["ref"]]
        pull |= {"state": "closed", "merged_at": "2026-11-24T12:00:00Z"}

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Check a request and answer it."""
        self.requests.append(request)
        if request.url.host == "blobs.example":
            files = {f"octo-postmortems-abc/{path}": text for path, text in self.branches[self.archive].items()}
            return httpx.Response(200, content=packed({**files}))
        check_request(request)
        self.before(request)
        return routed(request, KNOWLEDGE, self._routes())

    def _routes(self) -> Routes:
        return {
            r"GET ": lambda request: ok({"default_branch": "main"}),
            r"GET /zipball/(.+)": self._archive,
            r"GET /git/ref/heads/(.+)": self._ref,
            r"POST /git/refs": self._make_ref,
            r"GET /contents/(.+)": self._get,
            r"PUT /contents/(.+)": self._put,
            r"GET /pulls": self._list,
            r"POST /pulls": self._open,
        }

    def _archive(self, request: httpx.Request, branch: str) -> httpx.Response:
        self.archive = branch
        return redirect("zip/1") if branch in self.branches else missing()

    def _ref(self, request: httpx.Request, branch: str) -> httpx.Response:
        return ok({"object": {"sha": "f" * 40}}) if branch in self.branches else missing()

    def _make_ref(self, request: httpx.Request) -> httpx.Response:
        branch = json.loads(request.content)["ref"].removeprefix("refs/heads/")
        if branch in self.branches:
            return httpx.Response(422, json={"message": "Reference already exists"})
        self.branches[branch] = dict(self.branches["main"])
        return ok({"ref": branch}, status=201)

    def _get(self, request: httpx.Request, path: str) -> httpx.Response:
        text = self.branches[request.url.params["ref"]].get(path)
        if text is None:
            return missing()
        return ok({"encoding": "base64", "content": base64.encodebytes(text.encode()).decode(), "sha": _sha(text)})

    def _put(self, request: httpx.Request, path: str) -> httpx.Response:
        body = json.loads(request.content)
        files = self.branches[body["branch"]]
        if path in files and body.get("sha") != _sha(files[path]):
            return httpx.Response(409, json={"message": "does not match"})
        files[path] = base64.b64decode(body["content"]).decode()
        return ok({"content": {"path": path}}, status=201)

    def _list(self, request: httpx.Request) -> httpx.Response:
        owner, _, branch = request.url.params["head"].partition(":")
        assert owner == "octo"
        assert request.url.params["state"] == "all"
        return ok([pull for pull in reversed(self.pulls) if pull["head"]["ref"] == branch])

    def _open(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        same = [pull for pull in self.pulls if pull["head"]["ref"] == body["head"] and pull["state"] == "open"]
        if same:
            return httpx.Response(422, json={"message": "A pull request already exists"})
        made = {
            "number": len(self.pulls) + 1,
            "state": "open",
            "head": {"ref": body["head"]},
            "merged_at": None,
            **body,
        }
        self.pulls.append({**made, "head": {"ref": body["head"]}, "base": {"ref": body["base"]}})
        return ok(self.pulls[-1], status=201)


def _sha(text: str) -> str:
    return f"{abs(hash(text)):040x}"[:40]
