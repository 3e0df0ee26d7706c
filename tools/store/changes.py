"""ChangeSource of the embedded store: changes.json, a list of recorded changes."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from tools.evidence import Subject
from tools.incident.json_file import read_json
from tools.incident.schema import UnixSeconds
from tools.sources.rows import ChangeRow
from tools.store.command import show_command
from tools.window import NS, Scope, TimeWindow


class Change(BaseModel):
    """One entry of changes.json; time in Unix seconds UTC."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    time_unix: UnixSeconds
    kind: str = Field(default="deploy", description="deploy, config, flag or commit")
    service: str = ""
    author: str = ""
    reference: str = Field(default="", description="revision, version, flag name or URL")
    summary: str = ""


class EmbeddedChanges:
    """Changes noted in an incident folder.

    Raises:
        FormatError: the file is not a list of changes.
    """

    name = "changes.json"

    def __init__(self, folder: Path, file: Path) -> None:
        self._folder = folder
        self._changes = read_json(file, TypeAdapter(list[Change]), "a list of changes")

    def extent(self) -> TimeWindow | None:
        """Return the time range of all changes."""
        times = [round(change.time_unix * NS) for change in self._changes]
        return TimeWindow(start_ns=min(times), end_ns=max(times) + 1) if times else None

    def services(self) -> list[str]:
        """Return the services that were changed."""
        return sorted({change.service for change in self._changes if change.service})

    def degradations(self) -> list[str]:
        """Return nothing: the file is read as a whole or not at all."""
        return []

    def query(self, method: str, scope: Scope, subject: Subject) -> str:
        """Return the `whydown show` command that prints the changes."""
        return show_command(self._folder, "changes", method, scope, subject)

    def changes(self, window: TimeWindow) -> list[ChangeRow]:
        """Return changes inside a window, oldest first."""
        rows = [
            ChangeRow(round(c.time_unix * NS), c.kind, c.service, c.author, c.reference, c.summary)
            for c in self._changes
        ]
        return sorted((row for row in rows if window.contains(row.time_ns)), key=lambda row: row.time_ns)
