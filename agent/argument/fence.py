"""Put untrusted text into a prompt so that it stays data. All that a system under investigation says passes here.

Every line is prefixed, so no text can end the fence; what chat templates take for the beginning of a turn is
changed; control and invisible characters vanish; lines and their number are bounded. What the fence cannot do, and
need not, is to make a model deaf to a planted order: no order can start a tool that writes, and no answer is
believed that evidence does not bear out.
"""

from __future__ import annotations

import re

LINE, LINES = 320, 80
"""Characters of a line and lines of a text at most."""
PREFIX = "| "
_TURNS = re.compile(r"\[(/?INST)\]")
_ANGLES = str.maketrans({"<": "‹", ">": "›"})
_BACK = str.maketrans({"‹": "<", "›": ">"})


def fence(text: str, lines: int = LINES) -> str:
    """Return untrusted text as prefixed lines."""
    rows = [_harmless(row) for row in text.splitlines() if row.strip()]
    kept = [PREFIX + (row[: LINE - 1] + "…" if len(row) > LINE else row) for row in rows[:lines]]
    left_out = len(rows) - lines
    return "\n".join(kept + ([f"{PREFIX}({left_out} more lines)"] if left_out > 0 else []))


def _harmless(row: str) -> str:
    printable = "".join(char if char.isprintable() else " " for char in row)
    return _TURNS.sub(r"(\1)", printable).translate(_ANGLES)


def unfenced(text: str) -> str:
    """Return words as they were before the fence, for looking them up in evidence."""
    return text.translate(_BACK)
