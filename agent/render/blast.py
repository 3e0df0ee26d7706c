"""The call graph as a tree, coloured by what a supposed cause means to each service."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from agent.render.clean import clean
from agent.show.blast import Role, Standing

_MARKS: dict[Role, tuple[str, str]] = {
    "cause": ("●", "verdict.root_cause"),
    "affected": ("▲", "verdict.inconclusive"),
    "exposed": ("△", "unverified"),
    "below": ("↓", "series"),
    "apart": ("·", "quiet"),
}
_MEANING: dict[Role, str] = {
    "cause": "supposed cause",
    "affected": "calls it and deviates",
    "exposed": "calls it, no deviation found",
    "below": "is called by it",
    "apart": "does not depend on it",
}


def blast_view(standings: Sequence[Standing], component: str) -> RenderableType:
    """Return the tree with a legend and a count of who is hurt."""
    seen = {item.service: item.role for item in standings}
    hurt = [name for name, role in seen.items() if role == "affected"]
    may = [name for name, role in seen.items() if role == "exposed"]
    counted = f"{len(hurt)} affected, {len(may)} exposed of {len(seen)} services"
    head = Text.assemble("blast radius of ", (clean(component, 80), "component"), f": {counted}")
    legend = Text("  ").join(
        Text.assemble(mark, f" {_MEANING[role]}") for role, mark in _MARKS.items() if role in seen.values()
    )
    return Group(head, legend, Text(), *(_line(item) for item in standings))


def _line(item: Standing) -> Text:
    mark, style = _MARKS[item.role]
    line = Text.assemble(("│ " * item.depth, "quiet"), (f"{mark} ", style), (clean(item.service, 80), style))
    if item.calls is not None:
        line.append(f"  {item.calls:,} calls", style="quiet")
    if item.deviates and item.role in {"below", "apart"}:
        line.append("  deviates", style="unverified")
    return line
