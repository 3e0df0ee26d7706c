"""Commits of git repositories. When a commit was made is not when it was deployed, yet often close."""

from __future__ import annotations

import re
from pathlib import Path

from pydantic import Field

from tools.errors import InputError, PrerequisiteError, SourceError
from tools.live.changes.source import LocalChanges, short
from tools.live.opening import Opening, Options
from tools.repository import Commit, Repository, open_repository
from tools.sources.rows import ChangeRow
from tools.window import TimeWindow

SHORT_ID = 12
"""Hex digits of a commit id that reports show."""


class GitOptions(Options):
    """Settings of a git repository."""

    folder: Path = Field(description="the repository")
    service: str = Field(default="", description="the service that all commits change")
    path: str = Field(
        default="", description="where a service's files are, such as services/{service}/; else a commit names none"
    )


class GitChanges(LocalChanges):
    """Commits of the checked-out branch.

    Raises:
        ConfigError: a setting is wrong.
    """

    def __init__(self, opening: Opening) -> None:
        super().__init__(opening)
        self._options = opening.options(GitOptions)
        self.name = opening.settings.name or f"git {self._options.folder}"

    def read(self, window: TimeWindow) -> list[ChangeRow]:
        """Return a row for every service that a commit changes, or one without a service.

        Raises:
            SourceError: git is missing or refuses.
        """
        try:
            repository = open_repository(self._options.folder)
            found = [
                ChangeRow(commit.time_ns, "commit", service, commit.author, commit.id[:SHORT_ID], short(commit.subject))
                for commit in repository.commits(window)
                for service in self._services_of(repository, commit)
            ]
        except (InputError, PrerequisiteError) as error:
            raise SourceError(f"{self.name} cannot be read", str(error)) from error
        return found

    def _services_of(self, repository: Repository, commit: Commit) -> list[str]:
        if self._options.service or "{service}" not in self._options.path:
            return [self._options.service]
        before, _, after = self._options.path.partition("{service}")
        inside = re.compile(f"{re.escape(before)}([^/]+){re.escape(after)}")
        found = {match[1] for path in repository.changed_files(commit.id) if (match := inside.match(path))}
        return sorted(self.renamed(name) for name in found) or [""]
