"""A table of raw values with the units and heads that a rendering needs."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from tools.sources.rows import Two
from tools.window import Scope, TimeWindow

T = TypeVar("T")
ALL_ROWS = 1_000_000
"""What a limit of 0 asks a source for that cannot do without one."""
Cell = str | int | float | None
TIME = "unix_ns"
"""Unit of a column that holds Unix nanoseconds."""
ROW_UNIT = "unit"
"""Unit of a column whose unit stands in the same row, in the column `unit`."""


@dataclass(frozen=True, slots=True)
class Column(Generic[T]):
    """One column.

    `key` is its name in JSON, `head` the one people read; `window` is set on the two halves of a
    comparison. In a list, columns of rank 0 are always shown, those of rank 1 and then 2 as far as
    they fit. `whole` columns are never folded, as they are there to be copied.
    """

    key: str
    head: str
    get: Callable[[T], Cell]
    unit: str = ""
    window: str = ""
    rank: int = 0
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Plot:
    """A series to draw: its level in the baseline, and where the incident window begins."""

    title: str
    unit: str
    times: tuple[int, ...]
    values: tuple[float, ...]
    level: float | None = None
    mark_ns: int | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of raw values.

    `total` counts them before they were cut, `depths` makes a tree of them, `windows` are the incident
    window and what it is compared with.
    """

    name: str
    title: str
    columns: tuple[Column[Any], ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: int
    depths: tuple[int, ...] = ()
    windows: tuple[TimeWindow, ...] = ()
    notes: tuple[str, ...] = ()
    plots: tuple[Plot, ...] = field(default=())

    def records(self) -> list[dict[str, Cell]]:
        """Return the rows as JSON objects; what is not finite becomes null."""
        keys = [column.key for column in self.columns]
        found: list[dict[str, Cell]] = [
            {key: _finite(cell) for key, cell in zip(keys, row, strict=True)} for row in self.rows
        ]
        for record, depth in zip(found, self.depths, strict=False):
            record["depth"] = depth
        return found


def _finite(cell: Cell) -> Cell:
    return None if isinstance(cell, float) and not math.isfinite(cell) else cell


def text(key: str, get: Callable[[T], str], *, head: str = "", rank: int = 0, whole: bool = False) -> Column[T]:
    """Return a column of text."""
    return Column(key, head or key.replace("_", " "), get, rank=rank, whole=whole)


def value(key: str, head: str, unit: str, get: Callable[[T], Cell], *, rank: int = 0) -> Column[T]:
    """Return a column of numbers."""
    return Column(key, head, get, unit or "1", rank=rank)


def two(
    key: str, head: str, unit: str, get: Callable[[T], Two[Any]], *, rank: int = 0, baseline_rank: int = 0
) -> tuple[Column[T], Column[T]]:
    """Return the two columns of a quantity that both windows have."""
    unit = unit or "1"
    return (
        Column(f"{key}_baseline", head, lambda row: get(row).baseline, unit, "baseline", max(rank, baseline_rank)),
        Column(f"{key}_incident", head, lambda row: get(row).incident, unit, "incident", rank),
    )


def make(
    name: str,
    title: str,
    columns: Sequence[Column[T]],
    rows: Sequence[T],
    scope: Scope | None = None,
    limit: int = 0,
    *,
    notes: Iterable[str] = (),
    plots: Iterable[Plot] = (),
    depths: Sequence[int] = (),
) -> Table:
    """Return a table of the first `limit` rows (0: all), without baseline columns when there is no baseline."""
    windows = (scope.incident, *scope.baseline) if scope else ()
    kept = tuple(column for column in columns if len(windows) > 1 or column.window != "baseline")
    shown = rows[:limit] if limit else rows
    return Table(
        name=name,
        title=title,
        columns=kept,
        rows=tuple(tuple(column.get(row) for column in kept) for row in shown),
        total=len(rows),
        depths=tuple(depths[: len(shown)]),
        windows=windows,
        notes=tuple(notes),
        plots=tuple(plots),
    )


def place_of(scope: Scope) -> str:
    """Return where rows were looked for, for a title; without a baseline the window is all there is."""
    return " in the incident window" if scope.baseline else ""


def cut(rows: Sequence[T], limit: int) -> tuple[Sequence[T], tuple[str, ...]]:
    """Return the first `limit` of rows that a source was asked one more of, and a note where there are more."""
    more = 0 < limit < len(rows)
    return (rows[:limit], (f"there are more than these {limit}; --limit 0 shows all",)) if more else (rows, ())
