"""What all sources of changes have in common, over HTTP or not."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Iterable

from tools.errors import InputError, SourceError
from tools.evidence import Subject
from tools.live.once import Once
from tools.live.opening import Opening, Options
from tools.live.source import HttpSource
from tools.sources.fetched import Fetched
from tools.sources.rows import ChangeRow
from tools.store.command import show_command
from tools.window import Scope, TimeWindow, to_ns

TEXT_LIMIT = 300
"""Characters of a message that are kept."""


class FileOptions(Options):
    """Settings of sources that read a file instead of an address."""

    file: str = ""


def no_queries() -> InputError:
    """Return the refusal to show queries that do not exist."""
    return InputError("changes have no queries to show", "leave --sql out")


def inside(rows: Iterable[ChangeRow], window: TimeWindow) -> list[ChangeRow]:
    """Return the changes inside a window, oldest first."""
    return sorted((row for row in rows if window.contains(row.time_ns)), key=lambda row: row.time_ns)


def moment_of(text: object, source: str) -> int:
    """Return Unix nanoseconds of an ISO 8601 time with a zone.

    Raises:
        SourceError: it is none.
    """
    try:
        return to_ns(dt.datetime.fromisoformat(str(text)))
    except (ValueError, InputError) as error:
        raise SourceError(f"{source} notes a change at {str(text)[:40]!r}", "that is no time with a zone") from error


def short(text: object) -> str:
    """Return a message in one line, cut."""
    return " ".join(str(text or "").split())[:TEXT_LIMIT]


class HttpChanges(HttpSource):
    """Changes that a server answers with."""

    @abstractmethod
    def read(self, window: TimeWindow) -> list[ChangeRow]:
        """Return changes of a window; some outside may be among them.

        Raises:
            SourceError: the server does not answer, or answers something else.
        """

    def changes(self, window: TimeWindow) -> list[ChangeRow]:
        """Return changes inside a window, oldest first."""
        with self.understood():
            rows = self.read(window)
        self._reader.count_rows(len(rows))
        return inside(rows, window)

    def find_services(self) -> set[str]:
        """Return the services that were changed in the horizon."""
        return {row.service for row in self.changes(self._opening.horizon)} - {""}

    def sql(self, method: str, scope: Scope) -> str:
        """Refuse: there is no query language for changes.

        Raises:
            InputError: always.
        """
        raise no_queries()


class LocalChanges(ABC):
    """Changes that files hold; reading them costs nothing.

    Args:
        opening: the source, and how far an investigation looks.
    """

    def __init__(self, opening: Opening) -> None:
        self.name = opening.settings.label
        self._opening = opening
        self._once = Once()
        self._notes: dict[str, None] = {}

    @abstractmethod
    def read(self, window: TimeWindow) -> list[ChangeRow]:
        """Return changes of a window; some outside may be among them.

        Raises:
            SourceError: the files cannot be read.
        """

    def changes(self, window: TimeWindow) -> list[ChangeRow]:
        """Return changes inside a window, oldest first."""
        return inside(self.read(window), window)

    def _find_services(self) -> list[str]:
        return sorted({row.service for row in self.changes(self._opening.horizon)} - {""})

    def services(self) -> list[str]:
        """Return the services that were changed in the horizon, sorted."""
        return list(self._once.get("services", self._find_services))

    def extent(self) -> TimeWindow | None:
        """Return the time range that an investigation looks at."""
        return self._opening.horizon

    def degradations(self) -> list[str]:
        """Return one sentence for everything that was left out."""
        return list(self._notes)

    def query(self, method: str, scope: Scope, subject: Subject) -> str:
        """Return the `whydown show` command that prints the changes."""
        return show_command(self._opening.origin, "changes", method, scope, subject)

    def sql(self, method: str, scope: Scope) -> str:
        """Refuse, as for changes over HTTP.

        Raises:
            InputError: always.
        """
        raise no_queries()

    def fetched(self) -> Fetched:
        """Return nothing: no server was asked."""
        return Fetched()

    def close(self) -> None:
        """Forget what was noted: nothing is open."""
        self._notes.clear()

    def renamed(self, service: str) -> str:
        """Return a service's name in reports, given what the source calls it."""
        return self._opening.settings.services.get(service, service)
