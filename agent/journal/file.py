"""The file of a journal: JSON lines without secrets, appended as things happen."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import orjson
from pydantic import BaseModel, JsonValue, ValidationError

from agent.journal.entries import LINE, Entry, Sent
from tools.errors import RunError
from tools.redact import redact_json

NAME = "journal.jsonl"
Kind = TypeVar("Kind", bound=BaseModel)


class JournalFile:
    """Appends entries. An entry is written when `append` returns, so a crash of the program loses nothing before it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def append(self, entry: Entry) -> None:
        """Write one line, without secrets.

        Raises:
            RunError: the file cannot be written.
        """
        line = orjson.dumps(redact_json(entry.model_dump(mode="json")))
        try:
            with self._lock, self._path.open("ab") as out:
                out.write(line + b"\n")
        except OSError as error:
            raise RunError(f"cannot write {self._path}", error.strerror or str(error)) from error


def sent_of(entries: list[Entry]) -> list[JsonValue]:
    """Return every request that left the machine for a language model, as it left, in order."""
    return [entry.body for entry in entries if isinstance(entry, Sent)]


def read_journal(path: Path) -> list[Entry]:
    """Return the entries of a journal; a last line that a crash cut off is left out.

    Raises:
        RunError: there is none, or a line is not one of ours.
    """
    try:
        lines = path.read_bytes().splitlines(keepends=True)
    except FileNotFoundError as error:
        raise RunError(f"run {path.parent.name} has no journal", "it was made by an older version") from error
    entries: list[Entry] = []
    for number, line in enumerate(lines, 1):
        try:
            entries.append(LINE.validate_json(line))
        except ValidationError as error:
            if not line.endswith(b"\n"):
                break
            raise RunError(f"line {number} of {path} is broken", str(error.errors()[0]["msg"])) from error
    return entries


def lines_of(path: Path, kind: type[Kind]) -> Iterator[Kind]:
    """Yield the entries of one kind without reading the others, which may be large; none where there is no journal.

    Raises:
        RunError: one of them is broken.
    """
    begin = b'{"kind":"%s"' % str(kind.model_fields["kind"].default).encode()
    try:
        with path.open("rb") as lines:
            for line in lines:
                if line.startswith(begin) and line.endswith(b"\n"):
                    yield kind.model_validate_json(line)
    except FileNotFoundError:
        return
    except ValidationError as error:
        raise RunError(f"a line of {path} is broken", str(error.errors()[0]["msg"])) from error
