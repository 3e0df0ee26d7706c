"""Read `/whydown confirm|wrong|why …` from a comment. The text is a stranger's until the writer is checked."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple

LIMIT = 2_000
"""Characters of a person's words that are kept."""
_COMMAND = re.compile(r"\A\s{0,3}/whydown[ \t]+(?P<verb>confirm|wrong|why)\b(?P<rest>.*)\Z", re.DOTALL)
_RANK = re.compile(r"\A[ \t]*[#Hh]?(?P<rank>\d{1,3})(?![\w.,%])[:,]?")


class Verb(StrEnum):
    """What a person wants."""

    CONFIRM = "confirm"
    """This hypothesis is right; the text says what fixed it."""
    WRONG = "wrong"
    """This hypothesis is wrong; the text says why."""
    WHY = "why"
    """Show the evidence of this hypothesis."""


class Command(NamedTuple):
    """A command: what, about which hypothesis (its rank), and the person's words."""

    verb: Verb
    hypothesis: int
    text: str


def read_command(body: str | None) -> Command | None:
    """Return the command with which a comment begins, None when it is about something else.

    `/whydown confirm 2 raised the pool's size` is about hypothesis 2; without a number it is the first.
    """
    found = _COMMAND.match((body or "").replace("\r\n", "\n"))
    if not found:
        return None
    rest = found["rest"][: 2 * LIMIT]
    ranked = _RANK.match(rest)
    text = rest[ranked.end() :] if ranked else rest
    return Command(Verb(found["verb"]), int(ranked["rank"]) if ranked else 1, " ".join(text.split())[:LIMIT])
