"""How hypotheses and evidence look in a list."""

from __future__ import annotations

import re
import textwrap

from rich.text import Text

from agent.chat.sides import Item, Side
from agent.render.clean import clean
from agent.render.terminal.layout import bar
from agent.render.words import amount, clock, effect_words, kind_words, percent, subject_of
from agent.schema import Hypothesis
from tools.evidence import Evidence

_MARKS: dict[Side, tuple[str, str]] = {
    "for": ("+", "verdict.healthy"),
    "against": ("-", "verdict.root_cause"),
    "missing": ("?", "unverified"),
    "other": ("·", "quiet"),
}
_ATTRIBUTES = re.compile(r"\{[^{}]{16,}\}")
_WIDE = 70
"""Columns from which a line has room for a longer bar."""


def hypothesis_line(item: Hypothesis, width: int, *, pinned: bool = False) -> Text:
    """Return rank, confidence, bar, component and kind of fault."""
    bars = 10 if width >= _WIDE else 5
    line = Text.assemble(("★" if pinned else " ", "unverified"), f"{item.rank} {percent(item.confidence):>5} ")
    line.append_text(bar(item.confidence, bars))
    style = "quiet strike" if item.rejected else "component"
    line.append(" ").append(subject_of(item), style=style)
    if item.rejected:
        line.append(f" (ruled out: {clean(item.rejected, 80)})", style="unverified")
    else:
        line.append(f": {kind_words(item.fault_kind)}")
    line.truncate(width, overflow="ellipsis")
    return line


def evidence_line(item: Item, width: int, tall: int = 1) -> Text:
    """Return side, id, effect, the change in numbers and the statement, as much of it as fits."""
    mark, style = _MARKS[item.side]
    line = Text.assemble(("★" if item.pinned else " ", "unverified"), (f"{mark} ", style))
    found = item.evidence
    if found is None:
        line.append(clean(item.gap), style="unverified")
        line.truncate(width, overflow="ellipsis")
        return line
    line.append(f"{found.id:<4}", style="ref")
    line.append(f"{effect_words(found.effect):>6} ", style="quiet" if item.side == "other" else style)
    if tall > 1:
        return _two_lines(line, found, width)
    if found.baseline is not None and found.incident is not None:
        line.append(f"{amount(found.baseline, found.unit)}→{amount(found.incident, found.unit)} ", style="component")
    line.append(_short(found.statement))
    line.truncate(width, overflow="ellipsis")
    return line


def _short(statement: str) -> str:
    """Return a statement without long lists of attributes, which are behind the finding."""
    return _ATTRIBUTES.sub("{…}", clean(statement))


def _two_lines(line: Text, found: Evidence, width: int) -> Text:
    """Return a line that goes on below itself, indented."""
    line.append(f"{clock(found.onset):8} ", style="quiet")
    indent = line.cell_len
    first, *more = textwrap.wrap(_short(found.statement), max(width - indent, 20)) or [""]
    line.append(first)
    if more:
        below = Text(" " * indent + " ".join(more))
        below.truncate(width, overflow="ellipsis")
        line.append("\n").append_text(below)
    return line
