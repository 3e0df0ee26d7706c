"""Sections of a Markdown body: split at headings, and keep a text from breaking out of its section."""

from __future__ import annotations

import re
from collections.abc import Iterator

SECTIONS = ("symptoms", "root_cause", "resolution", "validation")
"""Sections that are fields of a postmortem, in the order in which they are written."""
HEADINGS = {name: name.replace("_", " ").capitalize() for name in SECTIONS}
"""Field → its heading: `## Root cause`."""
NOTES = "Notes"
"""Heading of what belongs to no field, unless it begins with a heading of its own."""

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})(.*)$")
_HEADING = re.compile(r"^ {0,3}(#{1,6})[ \t]+(.+?)[ \t]*#*[ \t]*$")


def outside_fences(lines: list[str]) -> Iterator[tuple[int, str, bool]]:
    """Yield index, line and whether it is outside of code fences (the fences themselves count as inside)."""
    fence = ""
    for index, line in enumerate(lines):
        match = _FENCE.match(line)
        if fence:
            closes = match and match[1].startswith(fence) and not match[2].strip()
            fence = "" if closes else fence
            yield index, line, False
        elif match and not (match[1][0] == "`" and "`" in match[2]):
            fence = match[1]
            yield index, line, False
        else:
            yield index, line, True


def open_fence(lines: list[str]) -> str:
    """Return the code fence that is never closed, empty when there is none."""
    fence = ""
    for line in lines:
        match = _FENCE.match(line)
        if fence:
            fence = "" if match and match[1].startswith(fence) and not match[2].strip() else fence
        elif match and not (match[1][0] == "`" and "`" in match[2]):
            fence = match[1]
    return fence


def heading(line: str) -> tuple[int, str] | None:
    """Return level and text of a heading line, None for any other line."""
    match = _HEADING.match(line)
    return (len(match[1]), match[2]) if match else None


def field_of(title: str) -> str:
    """Return the field that a heading names exactly, empty when it names none."""
    name = re.sub(r"[\s_]+", "_", title.strip().casefold())
    return name if name in SECTIONS else ""


def contained(text: str, *, keeps_headings: bool) -> str:
    """Return a text that stays within its section when written below a level-2 heading.

    Headings that would start another section are demoted to level 3, an open code fence is closed.

    Args:
        text: Markdown.
        keeps_headings: keep level-2 headings that name no field (for the notes).
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n").split("\n")
    lines = [line.rstrip() for line in lines]
    for index, line, outside in outside_fences(lines):
        found = heading(line) if outside else None
        if found and found[0] <= 2 and not (keeps_headings and _is_own_heading(*found)):
            lines[index] = f"### {found[1]}"
    if fence := open_fence(lines):
        lines.append(fence)
    return "\n".join(lines).strip("\n")


def _is_own_heading(level: int, title: str) -> bool:
    return level == 2 and not field_of(title) and title.casefold() != NOTES.casefold()
