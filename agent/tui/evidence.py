"""The list of evidence: that of the selected hypothesis, filtered by side or by a text."""

from __future__ import annotations

from collections.abc import Callable, Collection

from agent.chat.sides import FILTERS, Filter, Item, Shelf, counts
from agent.render.clean import clean
from agent.schema import Hypothesis
from agent.tui.lines import evidence_line
from agent.tui.rows import Rows


class EvidenceRows(Rows[Item]):
    """Lists evidence.

    Args:
        pinned: returns the ids of findings that are kept in sight.
    """

    def __init__(self, pinned: Callable[[], Collection[str]], *, id: str) -> None:
        super().__init__(lambda item: item.key, evidence_line, id=id)
        self._pinned = pinned
        self._shelf = Shelf(())
        self._chosen: Hypothesis | None = None
        self._filter: Filter = "hypothesis"
        self.search = ""
        """Text that every shown line contains; empty shows all."""

    def put(self, shelf: Shelf) -> None:
        """Take all the evidence there is; `list_for` shows it."""
        self._shelf = shelf

    def list_for(self, chosen: Hypothesis | None, *, first: bool = False) -> None:
        """Show the evidence of a hypothesis."""
        self._chosen = chosen
        items = self._shelf.items(chosen, self._filter, self.search, self._pinned())
        self.show(items, first=first)
        about = f" of {chosen.rank} {clean(chosen.component, 24)}" if chosen and self._filter != "all" else ""
        numbers = " · ".join(f"{side} {count}" for side, count in (counts(chosen) if chosen else {}).items())
        only = f" · only {self._filter}" if self._filter in {"for", "against", "missing"} else ""
        found = f" · “{clean(self.search, 20)}” {len(items)}" if self.search else ""
        self.border_title = f"Evidence{about}" + (" · all" if self._filter == "all" else "")
        self.border_subtitle = f"{numbers}{only}{found}"

    def again(self, *, first: bool = False) -> None:
        """Show it again, with other pins, filter or search."""
        self.list_for(self._chosen, first=first)

    def next_filter(self) -> None:
        """Go on to the next choice of sides."""
        self._filter = FILTERS[(FILTERS.index(self._filter) + 1) % len(FILTERS)]
        self.again(first=True)

    def search_for(self, text: str) -> None:
        """Show the evidence that contains a text; an empty one shows the hypothesis's own again."""
        self.search = text
        self._filter = "all" if text else "hypothesis"
        self.again(first=True)
