"""A plain JSON feed of changes: the list that changes.json of an incident folder holds, from a file or an address."""

from __future__ import annotations

from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from tools.errors import ConfigError, FormatError, SourceError
from tools.incident.json_file import read_json
from tools.live.changes.source import FileOptions, HttpChanges, LocalChanges, short
from tools.live.http import Ask
from tools.live.opening import Opening
from tools.sources.rows import ChangeRow
from tools.store.changes import Change
from tools.window import NS, TimeWindow

_LIST = TypeAdapter(list[Change])


class FileFeed(LocalChanges):
    """A file that someone keeps up to date; read anew each time."""

    def read(self, window: TimeWindow) -> list[ChangeRow]:
        """Return all changes of the file.

        Raises:
            SourceError: it cannot be read.
        """
        file = Path(self._opening.options(FileOptions).file)
        try:
            changes = read_json(file, _LIST, "a list of changes")
        except (FormatError, OSError) as error:
            raise SourceError(f"{self.name} cannot be read", str(error)) from error
        return [_row(change, self.renamed(change.service)) for change in changes]


class HttpFeed(HttpChanges):
    """An address that answers with the list; `from` and `to` (Unix seconds) tell it what is wanted."""

    def read(self, window: TimeWindow) -> list[ChangeRow]:
        """Return what the address answers.

        Raises:
            SourceError: it does not answer, or with something else.
        """
        self._opening.options(FileOptions)
        params = {"from": window.start_ns // NS, "to": -(-window.end_ns // NS)}
        content = self._reader.ask(Ask("/", params)).content
        try:
            changes = _LIST.validate_json(content)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise SourceError(f"{self.name} is no list of changes", f"{where} {first['msg']}".strip()) from error
        return [_row(change, self.renamed(change.service)) for change in changes]


def open_feed(opening: Opening) -> FileFeed | HttpFeed:
    """Open a feed by what its settings name.

    Raises:
        ConfigError: they name both a file and a url, or neither.
    """
    file = opening.options(FileOptions).file
    if bool(file) == bool(opening.settings.url):
        raise ConfigError(f"the source {opening.settings.label} needs either file or url", "name one of them")
    return FileFeed(opening) if file else HttpFeed(opening)


def _row(change: Change, service: str) -> ChangeRow:
    return ChangeRow(
        round(change.time_unix * NS), change.kind, service, change.author, change.reference, short(change.summary)
    )
