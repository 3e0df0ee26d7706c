"""Where a person types: completion, hints for commands, and what was typed before."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.suggester import Suggester
from textual.widgets import Input

from agent.chat.commands import Known, complete
from agent.chat.transcript import Typed


class _Completion(Suggester):
    def __init__(self, known: Callable[[], Known]) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._known = known

    async def get_suggestion(self, value: str) -> str | None:
        found = complete(value, self._known())
        return found if found and found != value else None


class Prompt(Input):
    """One line; Tab completes, Up and Down go through what was typed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "earlier(-1)", "Earlier"),
        Binding("down", "earlier(1)", "Later", show=False),
        Binding("tab", "complete", "Complete"),
    ]

    def __init__(self, typed: Typed, known: Callable[[], Known], *, id: str) -> None:
        super().__init__(
            placeholder="Ask, or / for commands",
            suggester=_Completion(known),
            select_on_focus=False,
            compact=True,
            id=id,
        )
        self._typed = typed
        self._place = 0
        self._draft = ""

    def take(self) -> str:
        """Return the line, remember it and begin a new one."""
        line = self.value.strip()
        self.value = ""
        self._place = 0
        return line

    def prefill(self, text: str) -> None:
        """Begin a line for a person to finish."""
        self.value = text
        self.cursor_position = len(text)
        self.screen.set_focus(self)  # at once: the next key may be on its way

    def action_earlier(self, by: int) -> None:
        """Go through the lines typed before; below the last is what was being typed."""
        lines = self._typed.lines
        if self._place == 0:
            self._draft = self.value
        self._place = max(-len(lines), min(0, self._place + by))
        self.value = lines[self._place] if self._place else self._draft
        self.cursor_position = len(self.value)

    def action_complete(self) -> None:
        """Accept the completion, or go on to the next widget when there is none."""
        if self._suggestion and self.cursor_position == len(self.value):
            self.action_cursor_right()
        else:
            self.screen.focus_next()
