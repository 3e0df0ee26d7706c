"""What people thought of the comments, as a table or JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence

from agent.ci.github.usefulness import Usefulness
from agent.render.clean import clean

_COLUMNS = ("comments", "resolved", "useful", "useless", "confirmed", "wrong")
_WIDTH = 10


def feedback_table(rows: Sequence[Usefulness]) -> str:
    """Return a headline and one line a verdict, at most 80 columns wide."""
    lines: list[tuple[str, ...]] = [("verdict", *_COLUMNS)]
    lines += [(clean(row.kind.replace("_", " "), 18), *(str(getattr(row, name)) for name in _COLUMNS)) for row in rows]
    return "\n".join(f"{first:<19}" + "".join(f"{cell:>{_WIDTH}}" for cell in rest) for first, *rest in lines)


def feedback_json(rows: Sequence[Usefulness]) -> str:
    """Return an object: verdict → counts."""
    return json.dumps({row.kind: row.model_dump(exclude={"kind"}) for row in rows}, indent=1)
