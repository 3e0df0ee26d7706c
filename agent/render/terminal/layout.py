"""Building blocks: a labelled row whose text wraps beside its label, and a confidence bar."""

from __future__ import annotations

from collections.abc import Iterable

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

LABEL_WIDTH = 9


def rows(pairs: Iterable[tuple[str, Text]], indent: int = 4, *, repeat: bool = False) -> Padding:
    """Return labels with their texts beside them; a label like the one before is left out unless `repeat`."""
    grid = Table.grid(padding=(0, 1, 0, 0), expand=True)
    grid.add_column(width=LABEL_WIDTH, no_wrap=True, style="label")
    grid.add_column(ratio=1, overflow="fold")
    before = ""
    for label, text in pairs:
        grid.add_row(label if repeat or label != before else "", text)
        before = label
    return Padding(grid, (0, 0, 0, indent))


def bar(share: float, width: int = 20) -> Text:
    """Return a bar filled to a share between 0 and 1."""
    full = min(max(round(share * width), 0), width)
    return Text.assemble(("█" * full, "bar"), ("░" * (width - full), "quiet"))


def refs(ids: Iterable[str]) -> Text:
    """Return evidence ids, separated by blanks."""
    return Text(" ".join(ids), style="ref")
