"""One trace as a waterfall: bars on a common time axis, self-times, and the critical path marked."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Group, RenderableType
from rich.text import Text

from agent.render.clean import clean
from agent.render.words import amount
from agent.show.table import Table

SPANS = 400
"""Spans drawn; a longer trace is named as such, and `whydown show` has all of it."""
HEAVY = 0.05
"""Part of the request from which a span on the critical path stands out."""
NARROWEST = 12
"""Columns of the bars at least."""
_NUMBERS = 18
"""Columns of duration and self-time."""


def waterfall_view(table: Table, width: int) -> RenderableType:
    """Return the table `trace` as a waterfall of a width.

    A bar is solid where the span is on the critical path: shorter, it would have ended the request sooner.
    """
    rows = table.records()[:SPANS]
    total = max((_ns(row, "offset_ns") + _ns(row, "duration_ns") for row in rows), default=0) or 1
    names = min(max((len(_name(row)) for row in rows), default=0), max(width - _NUMBERS - NARROWEST, 16), width // 2)
    bars = max(width - names - _NUMBERS - 2, NARROWEST)
    head = Text(f"{clean(table.title)}  {amount(total, 'ns')}", style="component")
    keys = (("█ critical path  ", "bar"), ("█ little of it  ", "series"), ("━ beside it", "quiet"))
    legend = Text.assemble(*keys)
    labels = Text(f"{'':{names}} {'':{bars}} {'duration':>9}{'self':>9}", style="label")
    notes = [Text(f"note: {clean(note)}", style="quiet") for note in table.notes]
    if table.total > len(rows):
        notes.append(Text(f"note: {len(rows)} of {table.total} spans are drawn", style="quiet"))
    return Group(head, legend, labels, *(_line(row, total, names, bars) for row in rows), *notes)


def _line(row: Mapping[str, object], total: int, names: int, bars: int) -> Text:
    failed = str(row["status"]).upper().endswith("ERROR")
    name = _name(row)
    shown = name if len(name) <= names else name[: names - 1] + "…"
    start = min(int(_ns(row, "offset_ns") / total * bars), bars - 1)
    length = max(1, round(_ns(row, "duration_ns") / total * bars))
    length = min(length, bars - start)
    critical = _ns(row, "critical_ns")
    heavy = critical >= HEAVY * total
    style = "bar" if heavy else "series" if critical else "quiet"
    bar = Text(" " * start).append(("█" if critical else "━") * length, style=style)
    bar.pad_right(bars - start - length)
    line = Text.assemble((f"{shown:{names}} ", "verdict.root_cause" if failed else ""), bar)
    line.append(f" {amount(_ns(row, 'duration_ns'), 'ns'):>9}", style="quiet")
    line.append(f"{amount(_ns(row, 'own_ns'), 'ns'):>9}", style="component" if heavy else "quiet")
    if failed:
        line.append(" ✗", style="verdict.root_cause")
    line.no_wrap = True
    return line


def _name(row: Mapping[str, object]) -> str:
    depth = row.get("depth", 0)
    return "  " * (depth if isinstance(depth, int) else 0) + clean(str(row["operation"]), 100)


def _ns(row: Mapping[str, object], key: str) -> int:
    value = row.get(key)
    return int(value) if isinstance(value, int | float) else 0
