"""The editor in which a person completes a postmortem and vouches for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Label, Static, TextArea

from tools.errors import WhydownError

Save = Callable[[str, str], str]
"""Takes the text and the person's name, returns what was written where; raises WhydownError."""


class ConfirmScreen(ModalScreen[str]):
    """A postmortem to be edited. Ends with what was written, or with an empty text when nothing was."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", "Save"),
        Binding("escape", "cancel", "Cancel"),
    ]

    def __init__(self, text: str, person: str, save: Save) -> None:
        super().__init__()
        self._text = text
        self._person = person
        self._save = save

    def compose(self) -> ComposeResult:
        """Lay out the editor."""
        with Vertical(id="confirm"):
            yield Static("Write below [b]Resolution[/b] what fixed it. Ctrl+S confirms, Esc leaves.", id="confirm-help")
            yield TextArea(self._text, id="postmortem", show_line_numbers=False, soft_wrap=True)
            with Horizontal(id="confirm-foot"):
                yield Label("Confirmed by ")
                yield Input(self._person, placeholder="your name", id="person", compact=True)
                yield Button("Save", variant="primary", id="save", compact=True)
                yield Button("Cancel", id="cancel", compact=True)
            yield Static("", id="confirm-problem", markup=False)

    def on_mount(self) -> None:
        """Put the cursor where the resolution is to be written."""
        editor = self.query_one(TextArea)
        lines = self._text.splitlines()
        at = next((number for number, line in enumerate(lines) if line.strip() == "## Resolution"), 0)
        editor.focus()
        editor.move_cursor((min(at + 1, len(lines) - 1), 0), center=True)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Save or leave."""
        if event.button.id == "save":
            self.action_save()
        else:
            self.action_cancel()

    def action_save(self) -> None:
        """Write the postmortem in a thread; stay with the reason when that fails."""
        text, name = self.query_one(TextArea).text, self.query_one("#person", Input).value
        self.run_worker(lambda: self._written(text, name), thread=True, exclusive=True)

    def _written(self, text: str, name: str) -> None:
        try:
            written = self._save(text, name)
        except WhydownError as error:
            self.app.call_from_thread(self.query_one("#confirm-problem", Static).update, f"⚠ {error}")
            return
        self.app.call_from_thread(self.dismiss, written)

    def action_cancel(self) -> None:
        """Leave without writing."""
        self.dismiss("")
