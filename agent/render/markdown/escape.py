"""Put foreign text into Markdown so that it stays text: no HTML, link, image, mention or reference."""

from __future__ import annotations

import re

from agent.render.clean import LIMIT, clean

_SPECIAL = re.compile(r"([\\`*_{}\[\]|~$])")
_AT_START = re.compile(r"^(?:([-+#=:])|(\d+)([.)])(?=\s|$))")
_ZERO_WIDTH = "\u200b"
"""Breaks what GitHub links even where it is escaped: mentions, references, addresses."""
_LINKED = re.compile(r"@|#(?=\d)|://|www\.|\bGH-(?=\d)", re.IGNORECASE)


def escape(text: str, limit: int = LIMIT) -> str:
    """Return foreign text as literal Markdown text of one line."""
    line = _SPECIAL.sub(r"\\\1", clean(text, limit))
    line = _AT_START.sub(lambda match: (match[2] or "") + "\\" + (match[1] or match[3]), line)
    line = _LINKED.sub(lambda match: match[0][0] + _ZERO_WIDTH + match[0][1:], line)
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def code(text: str, limit: int = LIMIT) -> str:
    """Return foreign text as a code span of one line that nothing in it can end; safe inside a table."""
    line = clean(text, limit).replace("|", "\u2223")
    fence = "`" * (_longest_run(line) + 1)
    pad = " " if line.startswith("`") or line.endswith("`") or not line else ""
    return f"{fence}{pad}{line}{pad}{fence}"


def block(text: str, limit: int = 2000) -> str:
    """Return one line of foreign text as a fenced block, for a command that is copied."""
    line = clean(text, limit)
    fence = "`" * max(_longest_run(line) + 1, 3)
    return f"{fence}sh\n{line}\n{fence}"


def _longest_run(line: str) -> int:
    return max((len(run) for run in re.findall(r"`+", line)), default=0)
