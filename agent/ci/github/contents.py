"""What whydown asks of the repository that holds the knowledge base: its files, branches and pull requests."""

from __future__ import annotations

import base64
from urllib.parse import quote

from agent.ci.github.models import Content, Overview, PullRequest, Ref
from agent.ci.github.repository import Repository, read_answer
from tools.errors import CodeHostError


class Contents(Repository):
    """A repository that may be written to, on branches of its own only."""

    def default_branch(self) -> str:
        """Return the branch that pull requests go to."""
        return read_answer(Overview, self.transport.get(self.base)).default_branch

    def archive(self, ref: str) -> bytes:
        """Return all files at a branch as a zip archive."""
        return self.transport.download(f"{self.base}/zipball/{quote(ref, safe='')}")

    def tip(self, branch: str) -> str:
        """Return the commit that a branch points at."""
        path = f"{self.base}/git/ref/heads/{quote(branch)}"
        return read_answer(Ref, self.transport.get(path)).object.sha

    def make_branch(self, branch: str, sha: str) -> None:
        """Make a branch; that it exists already is no failure."""
        try:
            self.transport.send("POST", f"{self.base}/git/refs", {"ref": f"refs/heads/{branch}", "sha": sha})
        except CodeHostError as error:
            if error.status != 422:
                raise

    def put(self, path: str, text: str, branch: str, message: str) -> bool:
        """Write a file on a branch as a commit of its own; return whether it had another text before."""
        held = self._held(path, branch)
        if held is not None and base64.b64decode(held.content) == text.encode():
            return False
        body = {"message": message, "content": base64.b64encode(text.encode()).decode(), "branch": branch}
        self.transport.send("PUT", f"{self.base}/contents/{quote(path)}", body | ({"sha": held.sha} if held else {}))
        return True

    def _held(self, path: str, branch: str) -> Content | None:
        try:
            return read_answer(Content, self.transport.get(f"{self.base}/contents/{quote(path)}", ref=branch))
        except CodeHostError as error:
            if error.status != 404:
                raise
            return None

    def pulls_from(self, branch: str) -> list[PullRequest]:
        """Return the pull requests of one of our branches, open and closed, newest first."""
        owner = self.name.partition("/")[0]
        found = self.transport.get(f"{self.base}/pulls", head=f"{owner}:{branch}", state="all")
        return [read_answer(PullRequest, item) for item in found]

    def open_pull(self, branch: str, base: str, title: str, body: str) -> PullRequest:
        """Open a pull request."""
        sent = {"title": title, "head": branch, "base": base, "body": body}
        return read_answer(PullRequest, self.transport.send("POST", f"{self.base}/pulls", sent))
