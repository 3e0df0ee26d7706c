"""Recorded changes, each with what it replaced, and how far from the onset."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Group, RenderableType
from rich.text import Text

from agent.render.clean import clean
from agent.render.words import duration, moment
from agent.show.table import Table

_ARROWS = (" -> ", " → ", " => ")


def changes_view(table: Table, component: str) -> RenderableType:
    """Return the table `changes`; those of the suspected component first."""
    rows = sorted(table.records(), key=lambda row: row["service"] != component)
    if not rows:
        return Text("No change was recorded.")
    return Group(*(part for row in rows for part in _change(row, component)))


def _change(row: Mapping[str, object], component: str) -> list[Text]:
    minutes, when = row.get("after_start_minutes"), row.get("time_unix_nano")
    seconds = float(minutes) * 60 if isinstance(minutes, int | float) else 0.0
    side = "after the incident began" if seconds >= 0 else "before the incident"
    head = Text.assemble(
        (f"{moment(when) if isinstance(when, int) else ''} ", "quiet"),
        (f"{clean(str(row['kind']), 20)} ", "label"),
        (clean(str(row["service"]), 60), "verdict.root_cause" if row["service"] == component else "component"),
        f" {clean(str(row['reference']), 80)}",
    )
    about = Text(
        f"  {duration(abs(seconds))} {side}, by {clean(str(row['author']), 60) or 'nobody named'}", style="quiet"
    )
    return [head, about, *diff_lines(str(row["summary"])), Text()]


def diff_lines(summary: str) -> list[Text]:
    """Return a summary as the lines of a diff: `name: old -> new` is taken apart, a real diff is coloured."""
    lines = summary.splitlines() or [""]
    if len(lines) == 1:
        for arrow in _ARROWS:
            before, found, after = lines[0].partition(arrow)
            if found:
                name, colon, old = before.rpartition(": ")
                return [_minus(f"{name}{colon}{old}"), _plus(f"{name}{colon}{after}")]
    return [
        _plus(line[1:]) if line.startswith("+") else _minus(line[1:]) if line.startswith("-") else _same(line)
        for line in lines
    ]


def _minus(text: str) -> Text:
    return Text(f"  - {clean(text)}", style="verdict.root_cause")


def _plus(text: str) -> Text:
    return Text(f"  + {clean(text)}", style="verdict.healthy")


def _same(text: str) -> Text:
    return Text(f"    {clean(text)}")
