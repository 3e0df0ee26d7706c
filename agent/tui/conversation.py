"""The conversation: what was asked, what was answered, with every [E7] to be clicked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.style import Style
from textual.widgets import Static

from agent.chat.transcript import Turn
from agent.render.clean import clean
from agent.tui.drawn import WIDEST

if TYPE_CHECKING:
    from agent.show import Table

_CITATION = re.compile(r"\[(E\d+)\]")
_HYPOTHESIS = re.compile(r"\bH(\d+)\b")
_PROMPTS = {"person": "❯ ", "whydown": "", "notice": "⚠ "}


def cited(text: str) -> Content:
    """Return a text in which findings and hypotheses can be clicked."""
    lines = "\n".join(_line(line) for line in text.splitlines())
    content = Content(lines)
    for pattern, action in ((_CITATION, "cite"), (_HYPOTHESIS, "cite_hypothesis")):
        for found in pattern.finditer(lines):
            link = Style(underline=True, bold=True) + Style.from_meta({"@click": f"app.{action}('{found[1]}')"})
            content = content.stylize(link, *found.span())
    return content


def _line(line: str) -> str:
    """Clean a line, keeping the blanks that it begins with."""
    return line[: len(line) - len(line.lstrip())] + clean(line, 2000)


class TurnView(Vertical):
    """One turn, which may still be growing, and the table below it."""

    def __init__(self, turn: Turn) -> None:
        super().__init__(classes=f"turn turn-{turn.who}")
        self.turn = turn
        self.table: Table | None = None

    def compose(self) -> ComposeResult:
        """Lay out text, table and the command that prints the table."""
        yield Static(self._text(), classes="said")
        table = Static(classes="table", markup=False)
        table.display = False
        yield table
        if self.turn.query:
            yield Static(Text(self.turn.query, style="quiet", overflow="fold"), classes="query", markup=False)

    def _text(self) -> Content:
        return Content.assemble(_PROMPTS[self.turn.who], cited(self.turn.text))

    def grow(self, text: str) -> None:
        """Add a piece of an answer that is still arriving."""
        self.turn = self.turn.model_copy(update={"text": self.turn.text + text})
        self.query_one(".said", Static).update(self._text())

    def show_table(self, table: Table) -> None:
        """Show a table below the text."""
        self.table = table
        self._draw_table()

    def on_resize(self) -> None:
        """Draw the table for another width."""
        self._draw_table()

    def _draw_table(self) -> None:
        width = min(self.size.width, WIDEST)
        if self.table is None or width < 20:
            return
        from agent.render.table import table_view

        below = self.query_one(".table", Static)
        below.display = True
        below.update(table_view(self.table, width))


class Conversation(VerticalScroll, can_focus=True):
    """All turns, the last one in sight."""

    def on_mount(self) -> None:
        """Stay at the end while turns arrive."""
        self.anchor()

    def add(self, turn: Turn, table: Table | None = None) -> TurnView:
        """Show a turn."""
        view = TurnView(turn)
        self.mount(view)
        if table is not None:
            self.call_after_refresh(view.show_table, table)
        self.anchor()
        return view
