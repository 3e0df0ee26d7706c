"""Results page by page: what does not fit is kept in the run's folder, to be read on by its handle."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from pydantic import Field, ValidationError

from agent.toolbox.tool import Arguments, Found, Line
from tools.errors import InputError

PAGE_LINES, PAGE_CHARACTERS = 15, 1_500
"""A page ends at whichever comes first; one line longer than a page is cut."""
MOST_LINES = 400
"""Lines of a result kept at all."""


class More(Arguments):
    """A page of an earlier result."""

    result: str = Field(description="its id, such as E50")
    page: int = Field(default=2, ge=2)


@dataclass(slots=True)
class Pages:
    """Large results by handle; kept in a folder, or in memory when there is none."""

    folder: Path | None
    _kept: dict[str, Found] = field(default_factory=dict)

    def keep(self, handle: str, found: Found) -> None:
        """Keep a result that does not fit on one page."""
        if self.folder is None:
            self._kept[handle] = found
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / f"{handle}.json").write_text(found.model_dump_json(indent=1), encoding="utf-8")

    def find(self, handle: str) -> Found:
        """Return a kept result.

        Raises:
            InputError: there is none of that handle.
        """
        known = set(self._kept) | {path.stem for path in self.folder.glob("*.json")} if self.folder else self._kept
        if handle not in known:
            raise InputError(f"no result {handle[:20]!r} has more pages", "")
        if handle in self._kept or self.folder is None:
            return self._kept[handle]
        try:
            return Found.model_validate_json((self.folder / f"{handle}.json").read_text(encoding="utf-8"))
        except (OSError, ValidationError) as error:
            raise InputError(f"the result {handle} cannot be read any more", "ask for it again") from error


def page_of(found: Found, number: int) -> tuple[tuple[Line, ...], int]:
    """Return the lines of a page, from 1, and how many pages there are.

    Raises:
        InputError: there is no such page.
    """
    pages: list[list[Line]] = [[]]
    room = PAGE_CHARACTERS
    for line in found.lines[:MOST_LINES]:
        short = line.model_copy(update={"text": line.text[:PAGE_CHARACTERS]})
        if pages[-1] and (len(pages[-1]) == PAGE_LINES or len(short.text) > room):
            pages.append([])
            room = PAGE_CHARACTERS
        pages[-1].append(short)
        room -= len(short.text) + 1
    if number > len(pages):
        raise InputError(f"there are only {len(pages)} pages", "")
    return tuple(pages[number - 1]), len(pages)
