"""Make foreign text harmless: telemetry may hold terminal escapes, control characters and floods."""

from __future__ import annotations

import re
import unicodedata

_ESCAPES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor, screen
    r"|\x9b[0-?]*[ -/]*[@-~]"  # the same, 8-bit
    r"|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)"  # OSC, DCS and other strings: titles, clipboard, links
    r"|\x1b[ -/]*[0-~]"  # two-character escapes, among them a full reset
)
_UNPRINTABLE = frozenset({"Cc", "Cs", "Co", "Cn"})
_INVISIBLE = frozenset({"Cf", "Zl", "Zp"})
_MARKS = frozenset({"Mn", "Me"})
_MOST_MARKS = 2
"""Combining marks kept in a row: scripts need two, a flood of them paints over other lines."""
LIMIT = 400
"""Characters shown of a foreign text unless the caller says otherwise."""


def clean(text: str, limit: int = LIMIT) -> str:
    """Return a text as one printable line of at most `limit` characters.

    Terminal escapes vanish, control characters become U+FFFD, white space becomes one blank, and
    invisible characters (zero width, change of writing direction) are dropped. What is cut is marked
    by an ellipsis.
    """
    head = _ESCAPES.sub("", text[: 4 * limit + 64])
    line = " ".join(_printable(head).split())
    cut = len(line) > limit or len(text) > 4 * limit + 64
    return line[: limit - 1] + "…" if cut else line


def _printable(text: str) -> str:
    kept: list[str] = []
    marks = 0
    for char in text:
        category = unicodedata.category(char)
        marks = marks + 1 if category in _MARKS else 0
        if marks > _MOST_MARKS or category in _INVISIBLE:
            continue
        kept.append("\ufffd" if category in _UNPRINTABLE and not char.isspace() else char)
    return "".join(kept)
