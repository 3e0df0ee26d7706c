"""Which columns of a table fit into a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any, TypeAlias

from rich.text import Text

from agent.show import Column

AnyColumn: TypeAlias = Column[Any]
FOLDED = 26
"""Columns that a text needs at least before it is folded into several lines."""


def head_of(column: AnyColumn) -> str:
    """Return the head of a column, in two lines when it is one half of a comparison."""
    return column.head + (f"\n{column.window}" if column.window else "")


def fitting_columns(columns: Sequence[AnyColumn], cells: Sequence[Sequence[Text]], width: int) -> list[int]:
    """Return the columns to show: all of rank 0, then those of rank 1 and 2 while there is room.

    Both halves of a comparison come together when they are of one rank. Columns without content are
    left out.
    """
    needed = [_needed(column, [row[index] for row in cells]) for index, column in enumerate(columns)]
    filled = [i for i in range(len(columns)) if any(row[i].plain not in ("", "–") for row in cells)]
    chosen: list[int] = []
    for _, group in groupby(sorted(filled, key=lambda i: columns[i].rank), key=lambda i: _group(columns[i])):
        more = [*chosen, *group]
        if not columns[more[-1]].rank or sum(needed[i] + 1 for i in more) <= width + 1:
            chosen = more
    return sorted(chosen)


def _group(column: AnyColumn) -> tuple[int, str]:
    return column.rank, column.head


def _needed(column: AnyColumn, cells: Sequence[Text]) -> int:
    natural = max((cell.cell_len for cell in cells), default=0)
    if not column.unit and not column.whole:
        natural = min(natural, FOLDED)
    return max([natural, *(len(line) for line in head_of(column).splitlines())])
