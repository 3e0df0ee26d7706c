"""The conversation: what was asked, what was answered, with every [E7] to be clicked."""

from __future__ import annotations

import re
from collections.abc import Collection
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

_CITATION = re.compile(r"\[([EQ]\d+)\]")
_BLANKS = re.compile(r"( {2,}|^ )")
_HYPOTHESIS = re.compile(r"\bH(\d+)\b")
_PROMPTS = {"person": "❯ ", "whydown": "", "notice": "⚠ ", "model": ""}
PARTS = ("head", "asked", "said", "unverified", "struck")
"""Parts of a turn, from above."""
HOLDS = "✓"
"""Stands before what evidence bears out."""


def parts_of(turn: Turn, gone: Collection[str] = (), *, growing: bool = False) -> dict[str, Content]:
    """Return what each part of a turn shows.

    Args:
        turn: the turn.
        gone: ids that mean something else by now, and are no links any more.
        growing: whether the answer is still arriving.
    """
    if turn.who != "model":
        nothing = dict.fromkeys(PARTS, Content())
        return {**nothing, "said": Content.assemble(_PROMPTS[turn.who], cited(turn.text, gone))}
    facts = [f"{HOLDS} {line}" if _CITATION.search(line) else line for line in turn.text.splitlines()]
    own = [f"“{clean(sentence)}”" for sentence in turn.unverified]
    own += [f"{turn.withheld} sentences left out: they repeat telemetry, or hold a command"] if turn.withheld else []
    return {
        "head": Content(clean(turn.model, 60) + (" is answering…" if growing else "")),
        "asked": cited("\n".join(f"asked {line}" for line in turn.asked), gone),
        "said": cited("\n".join(facts), gone),
        "unverified": Content("\n".join(["Unverified, its own words:", *own]) if own else ""),
        "struck": Content("\n".join(f"Struck: {clean(claim)}" for claim in turn.struck)),
    }


def cited(text: str, gone: Collection[str] = ()) -> Content:
    """Return a text in which findings and hypotheses can be clicked."""
    lines = "\n".join(_line(line) for line in text.splitlines())
    content = Content(lines)
    for pattern, action in ((_CITATION, "cite"), (_HYPOTHESIS, "cite_hypothesis")):
        for found in pattern.finditer(lines):
            if found[1] in gone:
                continue
            link = Style(underline=True, bold=True) + Style.from_meta({"@click": f"app.{action}('{found[1]}')"})
            content = content.stylize(link, *found.span())
    for found in re.finditer(f"^{HOLDS}", lines, re.MULTILINE):
        content = content.stylize("$text-success", *found.span())
    return content


def _line(line: str) -> str:
    """Clean a line, keeping runs of blanks: they set out columns."""
    return "".join(clean(part, 2000) if part.strip(" ") else part for part in _BLANKS.split(line) if part)


class TurnView(Vertical):
    """One turn, which may still be growing, and the table below it."""

    def __init__(self, turn: Turn, *, growing: bool = False) -> None:
        super().__init__(classes=f"turn turn-{turn.who}")
        self.turn = turn
        self.table: Table | None = None
        self.growing = growing
        self._gone: frozenset[str] = frozenset()

    def compose(self) -> ComposeResult:
        """Lay out all parts; those that have nothing to say are out of sight."""
        for part, content in self._parts().items():
            shown = Static(content, classes=part, markup=False)
            shown.display = bool(content.plain)
            yield shown
        table = Static(classes="table", markup=False)
        table.display = False
        yield table
        if self.turn.query:
            yield Static(Text(self.turn.query, style="quiet", overflow="fold"), classes="query", markup=False)

    def show(self, turn: Turn, *, growing: bool = True) -> None:
        """Show more of an answer that is still arriving, or all of it."""
        self.turn = turn
        self.growing = growing
        if self.is_mounted:
            self._fill()
            if isinstance(self.parent, Conversation):
                self.parent.follow(self)

    def forget(self, gone: Collection[str]) -> None:
        """Let go of citations that mean something else by now."""
        self._gone |= frozenset(gone)
        self._fill()

    def _fill(self) -> None:
        if not self.query(f".{PARTS[0]}"):  # the screen is closing
            return
        for part, content in self._parts().items():
            shown = self.query_one(f".{part}", Static)
            shown.display = bool(content.plain)
            shown.update(content)

    def _parts(self) -> dict[str, Content]:
        return parts_of(self.turn, self._gone, growing=self.growing)

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
        if isinstance(self.parent, Conversation):
            self.parent.follow(self)


class Conversation(VerticalScroll, can_focus=True):
    """All turns, the last one in sight."""

    _following = 0
    """Times that a turn is still to be brought in sight."""

    def add(self, turn: Turn, table: Table | None = None, *, growing: bool = False) -> TurnView:
        """Show a turn; what a table answers stands above the model's answer to the same question."""
        view = TurnView(turn, growing=growing)
        last = self.children[-1] if self.children else None
        above = turn.who == "whydown" and isinstance(last, TurnView) and last.growing
        self.mount(view, before=last if above else None)
        if table is not None:
            self.call_after_refresh(view.show_table, table)
        self._follow(view)
        return view

    def follow(self, view: TurnView) -> None:
        """Keep a turn that has grown in sight, unless a person has scrolled away."""
        if self._following or self.is_vertical_scroll_end:
            self._follow(view)

    def _follow(self, view: TurnView) -> None:
        self._following += 1
        self.call_after_refresh(self.call_after_refresh, self._bring_in_sight, view)

    def _bring_in_sight(self, view: TurnView) -> None:
        """Bring a turn in sight: its end, or its beginning where it is longer than the pane, to be read from there."""
        self._following -= 1
        if view.is_attached and view is self.children[-1]:
            tall = view.outer_size.height > self.size.height and not view.growing
            self.scroll_to(y=view.virtual_region.y if tall else self.max_scroll_y, animate=False)

    def forget(self, gone: Collection[str]) -> None:
        """Let go of citations that mean something else by now, in all turns."""
        if gone:
            for view in self.query(TurnView):
                view.forget(gone)
