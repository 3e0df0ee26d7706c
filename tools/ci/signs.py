"""Signs: lines whose tool says by itself what kind of trouble it is in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from tools.ci.clean import CleanLog
from tools.ci.decisive import LineRange
from tools.ci.grammar import Cause, Role, matching


class Sign(NamedTuple):
    """A line (counted from 1) that shows a kind of trouble, and who says so."""

    line: int
    cause: Cause
    tool: str
    text: str


def find_signs(log: CleanLog, ranges: Iterable[LineRange]) -> list[Sign]:
    """Return the first sign of each kind of trouble in ranges of a log, in the order of the lines.

    Only lines that say what went wrong or name a failing test count; a stack frame that happens to
    contain a telling word does not.
    """
    found: dict[Cause, Sign] = {}
    for number in sorted({number for first, last in ranges for number in range(first, last + 1)}):
        text = log.lines[number - 1]
        entries = matching(text)
        if any(entry.role in {Role.PASS, Role.WARNING} for entry in entries):
            continue
        for entry in entries:
            if entry.cause is not None and entry.cause not in found:
                found[entry.cause] = Sign(number, entry.cause, entry.tool, text.strip())
    if found.keys() & {Cause.COMPILE, Cause.TEST}:
        found.pop(Cause.LINT, None)  # their lines name a file and a line, as a linter's do
    return sorted(found.values())


def telling_line(lines: Iterable[str]) -> str:
    """Return the line that says what went wrong: an error, else a failing test's name, else the first with text."""
    best: dict[Role, str] = {}
    first = ""
    for line in lines:
        first = first or line.strip()
        for entry in matching(line):
            best.setdefault(entry.role, line.strip())
    return next((best[role] for role in (Role.ERROR, Role.HEAD, Role.MENTION) if role in best), first)
