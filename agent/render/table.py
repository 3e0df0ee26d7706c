"""Tables of `whydown show`: a list, a tree, or, for one or two rows, a card with every number."""

from __future__ import annotations

import json

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text

from agent.render.clean import clean
from agent.render.terminal.plot import draw
from agent.render.words import amount, moment
from agent.show import Column, Plot, Table
from agent.show.table import TIME, Cell

WIDE = 130
"""Columns from which a list shows its wide columns."""
CARDS = 2
"""Up to so many rows every number is shown, one below the other."""
_GUIDE = "· "


def table_json(table: Table) -> str:
    """Return a table as JSON: name, windows, units of the columns, rows as objects, notes."""
    content = {
        "table": table.name,
        "windows": table.windows,
        "units": {column.key: column.unit for column in table.columns if column.unit},
        "total": table.total,
        "rows": table.records(),
        "notes": table.notes,
    }
    return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)


def table_view(table: Table, width: int) -> RenderableType:
    """Return a table for a terminal of a width."""
    parts: list[RenderableType] = [Text(clean(table.title), style="component"), *_windows(table)]
    if not table.rows:
        parts.append(Text("no rows match"))
    elif len(table.rows) <= CARDS and not table.depths and any(column.window for column in table.columns):
        parts += [_card(table.columns, row) for row in table.rows]
    else:
        parts.append(_list(table, width))
    if table.total > len(table.rows):
        parts.append(Text(f"{len(table.rows)} of {table.total} rows; --limit 0 shows all", style="quiet"))
    parts += [_plot(plot, width) for plot in table.plots]
    return Group(*parts, *(Text(f"note: {clean(note)}", style="quiet") for note in table.notes))


def _windows(table: Table) -> list[Text]:
    if not table.windows:
        return []
    incident, *baseline = table.windows
    lines = [("incident" if baseline else "window", incident), *(("baseline", window) for window in baseline)]
    return [Text(f"{name:9}{window}", style="quiet") for name, window in lines]


def _list(table: Table, width: int) -> Grid:
    chosen = [i for i, column in enumerate(table.columns) if width >= WIDE or not column.wide]
    chosen = [i for i in chosen if any(row[i] not in (None, "") for row in table.rows)]
    grid = Grid(box=None, padding=(0, 1, 0, 0), header_style="label", show_edge=False)
    for index in chosen:
        column = table.columns[index]
        numeric = bool(column.unit)
        head = column.head + (f"\n{column.window}" if column.window else "")
        whole = numeric or column.whole
        grid.add_column(head, justify="right" if numeric else "left", no_wrap=whole, overflow="fold")
    dated = not table.windows or len({_day(table, row) for row in table.rows}) > 1
    for number, row in enumerate(table.rows):
        cells = [_cell(table.columns[index], row[index], date=dated) for index in chosen]
        if table.depths:
            cells[0] = Text.assemble((_GUIDE * table.depths[number], "quiet"), cells[0])
        grid.add_row(*cells)
    return grid


def _day(table: Table, row: tuple[Cell, ...]) -> str:
    """Return the date of a row's first time, empty when it has none."""
    times = [cell for column, cell in zip(table.columns, row, strict=True) if column.unit == TIME and cell is not None]
    return moment(int(times[0])).partition(" ")[0] if times else ""


def _cell(column: Column[object], cell: Cell, *, date: bool = True) -> Text:
    if isinstance(cell, str):
        return Text(clean(cell, 200))
    if column.unit == TIME:
        return Text(moment(int(cell), date=date) if cell is not None else "–")
    return Text(amount(cell, column.unit))


def _card(columns: tuple[Column[object], ...], row: tuple[Cell, ...]) -> RenderableType:
    """Return all values of one row: its names, those of both windows side by side, the others below."""
    cells = list(zip(columns, row, strict=True))
    names = [clean(str(cell), 200) for column, cell in cells if _is_name(column, cell)]
    both = Grid(box=None, padding=(0, 2, 0, 0), header_style="label", show_edge=False)
    both.add_column("")
    for window in dict.fromkeys(column.window for column in columns if column.window):
        both.add_column(window, justify="right", no_wrap=True)
    for head in dict.fromkeys(column.head for column in columns if column.window):
        both.add_row(head, *(_cell(column, cell) for column, cell in cells if column.head == head))
    single = [
        Text.assemble(f"{column.head}: ", _cell(column, cell))
        for column, cell in cells
        if not column.window and cell not in (None, "") and not _is_name(column, cell)
    ]
    return Group(Text(" ".join(names), style="component"), Padding(Group(both, *single), (0, 0, 0, 2)))


def _is_name(column: Column[object], cell: Cell) -> bool:
    return isinstance(cell, str) and bool(cell) and not column.wide


def _plot(plot: Plot, width: int) -> RenderableType:
    points = sorted(zip(plot.times, plot.values, strict=True))
    drawn = draw(points, plot.unit, plot.level, plot.mark_ns, width)
    return Group(Text(), Text(clean(plot.title), style="quiet"), drawn)
