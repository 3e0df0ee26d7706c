"""Deployments that GitHub knows of. See https://docs.github.com/rest/deployments/deployments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from tools.errors import SourceError
from tools.live.changes.source import HttpChanges, moment_of, short
from tools.live.http import Answer, Ask, Param, segment
from tools.live.opening import Options
from tools.sources.rows import ChangeRow
from tools.window import TimeWindow

PAGE = 100
SHORT_ID = 12
"""Hex digits of a commit id that reports show."""


class GitHubOptions(Options):
    """Settings of deployments on GitHub."""

    repositories: tuple[str, ...] = Field(min_length=1, description="repositories as owner/name")
    environment: str = Field(default="", description="environment such as production; none means all")
    service: str = Field(default="", description="the service that is deployed; none means the repository's name")


class GitHubChanges(HttpChanges):
    """Deployments of some repositories. `url` is `https://api.github.com`, or that of an Enterprise Server."""

    def read(self, window: TimeWindow) -> list[ChangeRow]:
        """Return deployments that were begun in a window; GitHub lists the newest first.

        Raises:
            SourceError: GitHub does not answer.
        """
        options = self._opening.options(GitHubOptions)
        return [row for name in options.repositories for row in self._deployments(name, options, window)]

    def _deployments(self, repository: str, options: GitHubOptions, window: TimeWindow) -> list[ChangeRow]:
        owner, _, name = repository.partition("/")
        path = f"/repos/{segment(owner)}/{segment(name)}/deployments"
        asked: dict[str, Param] = {"per_page": PAGE}
        if options.environment:
            asked["environment"] = options.environment
        rows: list[ChangeRow] = []
        pages = 1

        def following(answer: Answer) -> Ask | None:
            nonlocal pages
            pages += 1
            more = len(answer.json()) == PAGE and rows[-1].time_ns >= window.start_ns
            return Ask(path, {**asked, "page": pages}) if more else None

        for answer in self.pages(Ask(path, asked), following):
            listed = answer.json()
            if not isinstance(listed, list):
                raise SourceError(f"{self.name} does not answer as GitHub does", "is its url the API's?")
            rows += [self._row(item, options.service or self.renamed(name)) for item in listed]
        return rows

    def _row(self, item: Mapping[str, Any], service: str) -> ChangeRow:
        sha, ref, where = (str(item.get(key) or "") for key in ("sha", "ref", "environment"))
        said = item.get("description") or f"{item.get('task') or 'deploy'} of {ref or sha[:SHORT_ID]}"
        return ChangeRow(
            moment_of(item.get("created_at"), self.name),
            "deploy",
            service,
            str((item.get("creator") or {}).get("login", "")),
            sha[:SHORT_ID] or ref,
            short(f"{said} to {where}" if where else said),
        )
