"""Evidence: lines on a narrow terminal, a table on a wide one."""

from __future__ import annotations

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from agent.render.clean import clean
from agent.render.terminal.layout import rows
from agent.render.words import amount, clock, effect_words, evidence_note
from agent.schema import Report
from tools.evidence import Evidence

WIDE = 120
"""Columns from which numbers get columns of their own."""
SHOWN = 6
"""Evidence shown a side; the rest is counted."""


def evidence_view(
    report: Report, supports: tuple[str, ...], contradicts: tuple[str, ...], width: int
) -> RenderableType:
    """Return evidence for and against, strongest first, as it fits into the width."""
    sides = [("for", *_strongest(report, supports)), ("against", *_strongest(report, contradicts))]
    return _table(sides) if width >= WIDE else _lines(sides)


def _strongest(report: Report, ids: tuple[str, ...]) -> tuple[list[Evidence], int]:
    found = [item for ref in ids if (item := report.find(ref))]
    ordered = sorted(found, key=lambda item: -abs(item.effect))
    return ordered[:SHOWN], len(ordered) - SHOWN


def _lines(sides: list[tuple[str, list[Evidence], int]]) -> RenderableType:
    pairs = []
    for side, found, more in sides:
        for item in found:
            note = evidence_note(item)
            line = Text.assemble((f"{item.id} ", "ref"), clean(item.statement), (f" ({note})" if note else "", "quiet"))
            pairs.append((side, line))
        pairs += _more(side, found, more)
    return rows(pairs)


def _more(side: str, found: list[Evidence], more: int) -> list[tuple[str, Text]]:
    if not found:
        return [(side, Text("nothing", style="quiet"))]
    return [(side, Text(f"and {more} more", style="quiet"))] if more > 0 else []


def _table(sides: list[tuple[str, list[Evidence], int]]) -> RenderableType:
    table = Table(box=None, padding=(0, 1, 0, 0), expand=True, header_style="quiet")
    table.add_column("", width=9, style="label", no_wrap=True)
    table.add_column("", style="ref", no_wrap=True)
    table.add_column("finding", ratio=1, overflow="fold")
    for name in ("baseline", "incident", "effect", "from (UTC)"):
        table.add_column(name, justify="right", no_wrap=True)
    for side, found, more in sides:
        for index, item in enumerate(found):
            values = [amount(item.baseline, item.unit), amount(item.incident, item.unit), effect_words(item.effect)]
            label = side if index == 0 else ""
            table.add_row(label, item.id, Text(clean(item.statement)), *values, clock(item.onset))
        for label, text in _more(side, found, more):
            table.add_row("" if found else label, "", text)
    return Padding(table, (0, 0, 0, 4))
