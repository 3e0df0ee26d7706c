"""Something drawn for a width: drawn again when the width changes."""

from __future__ import annotations

from textual.containers import VerticalScroll
from textual.widgets import Static

from agent.chat.panes import View

WIDEST = 200
"""Columns beyond which nothing becomes easier to read."""


class Drawn(VerticalScroll, can_focus=True):
    """A scrolling view of what `View` draws."""

    def __init__(self, *, id: str) -> None:
        super().__init__(Static(id=f"{id}-body", markup=False), id=id)
        self._view: View | None = None

    @property
    def empty(self) -> bool:
        """Tell whether there is nothing to show yet."""
        return self._view is None

    def draw(self, view: View) -> None:
        """Show a view from its beginning."""
        self._view = view
        self.scroll_home(animate=False)
        self._draw()

    def tell(self, text: str) -> None:
        """Show a plain text, such as why there is nothing to see."""
        self.draw(lambda width: text)

    def on_resize(self) -> None:
        """Draw for another width."""
        self._draw()

    def _draw(self) -> None:
        width = min(self.scrollable_content_region.width, WIDEST)
        if self._view is not None and width > 10:
            self.query_one(Static).update(self._view(width))
