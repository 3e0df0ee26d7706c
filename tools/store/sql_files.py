"""SQL that is long enough to stand in a file of its own, in the folder sql/."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


def statements(name: str, **blanks: str) -> list[str]:
    """Return the statements of sql/<name>.sql with its blanks filled in and its comments left out."""
    filled = _text(name)
    for blank, value in blanks.items():
        filled = filled.replace(f"{{{blank}}}", value)
    return [part.strip() for part in filled.split(";") if part.strip()]


@cache
def _text(name: str) -> str:
    text = (files("tools.store") / "sql" / f"{name}.sql").read_text(encoding="utf-8")
    return "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("--"))
