"""Tables of `whydown show`: a list, a tree, or, for one or two rows, a card with every number."""

from __future__ import annotations

import json

from rich.console import Group, JustifyMethod, RenderableType
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text

from agent.render.clean import clean
from agent.render.columns import AnyColumn, fitting_columns, head_of
from agent.render.terminal.plot import draw
from agent.render.words import amount, moment
from agent.show import Plot, Table
from agent.show.table import ROW_UNIT, TIME, Cell
from tools.window import TimeWindow

CARDS = 2
"""Up to so many rows every number is shown, one below the other."""
NAME = 48
"""Characters shown of a name in a list on a narrow terminal; --json has all of them."""
_GUIDE = "· "


def table_json(table: Table) -> str:
    """Return a table as JSON: name, windows, units of the columns, rows as objects, notes."""
    content = {
        "table": table.name,
        "windows": [str(window) for window in table.windows],
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
    return [Text(f"{name:9}{_window(window)} UTC", style="quiet") for name, window in lines]


def _window(window: TimeWindow) -> str:
    start, end = moment(window.start_ns), moment(window.end_ns)
    return f"{start}..{end.removeprefix(start[:11])}"


def _list(table: Table, width: int) -> Grid:
    dated = not table.windows or len({_day(table, row) for row in table.rows}) > 1
    cells = [_cells(table.columns, row, date=dated, limit=max(NAME, width // 3)) for row in table.rows]
    for row, depth in zip(cells, table.depths, strict=False):
        row[0] = Text.assemble((_GUIDE * depth, "quiet"), row[0])
    grid = Grid(box=None, padding=(0, 1, 0, 0), header_style="label", show_edge=False)
    chosen = fitting_columns(table.columns, cells, width)
    for index in chosen:
        column = table.columns[index]
        whole = bool(column.unit) or column.whole
        justify: JustifyMethod = "right" if column.unit else "left"
        grid.add_column(head_of(column), justify=justify, no_wrap=whole, overflow="fold")
    for row in cells:
        grid.add_row(*(row[index] for index in chosen))
    return grid


def _day(table: Table, row: tuple[Cell, ...]) -> str:
    """Return the date of a row's first time, empty when it has none."""
    times = [cell for column, cell in zip(table.columns, row, strict=True) if column.unit == TIME and cell is not None]
    return moment(int(times[0])).partition(" ")[0] if times else ""


def _cells(columns: tuple[AnyColumn, ...], row: tuple[Cell, ...], *, date: bool = True, limit: int = 200) -> list[Text]:
    """Return the cells of a row as people read them.

    The last text of a row, often a sentence or a log line, may be longer than the names before it.
    """
    unit = next((str(cell) for column, cell in zip(columns, row, strict=True) if column.key == ROW_UNIT), "")
    texts = [index for index, column in enumerate(columns) if not column.unit and not column.rank]
    return [
        _cell(column, cell, unit, date=date, limit=200 if column.whole or index in texts[-1:] else limit)
        for index, (column, cell) in enumerate(zip(columns, row, strict=True))
    ]


def _cell(column: AnyColumn, cell: Cell, unit: str, *, date: bool, limit: int) -> Text:
    if isinstance(cell, str):
        return Text(clean(cell, limit))
    if cell is None:
        return Text("–" if column.unit else "")
    if column.unit == TIME:
        return Text(moment(int(cell), date=date))
    return Text(amount(cell, unit if column.unit == ROW_UNIT else column.unit))


def _card(columns: tuple[AnyColumn, ...], row: tuple[Cell, ...]) -> RenderableType:
    """Return all values of one row: its names, those of both windows side by side, the others below."""
    cells = list(zip(columns, row, _cells(columns, row), strict=True))
    names = [shown for column, cell, shown in cells if _is_name(column, cell)]
    both = Grid(box=None, padding=(0, 2, 0, 0), header_style="label", show_edge=False)
    both.add_column("")
    for window in dict.fromkeys(column.window for column in columns if column.window):
        both.add_column(window, justify="right", no_wrap=True)
    for head in dict.fromkeys(column.head for column in columns if column.window):
        both.add_row(head, *(shown for column, _, shown in cells if column.head == head))
    single = [
        Text.assemble(f"{column.head}: ", shown)
        for column, cell, shown in cells
        if not column.window and cell not in (None, "") and not _is_name(column, cell)
    ]
    title = Text(" ").join(names)
    title.stylize("component")
    return Group(title, Padding(Group(both, *single), (0, 0, 0, 2)))


def _is_name(column: AnyColumn, cell: Cell) -> bool:
    return isinstance(cell, str) and bool(cell) and not column.rank


def _plot(plot: Plot, width: int) -> RenderableType:
    points = sorted(zip(plot.times, plot.values, strict=True))
    drawn = draw(points, plot.unit, plot.level, plot.mark_ns, width)
    return Group(Text(), Text(clean(plot.title), style="quiet"), drawn)
