"""A list of rows of equal height that draws only what is visible, so that ten thousand rows cost as much as ten."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Generic, TypeVar

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

T = TypeVar("T")


class Rows(ScrollView, Generic[T], can_focus=True):
    """A list with a cursor. The cursor stays on its row, by key, when rows move.

    Args:
        key: what identifies a row.
        line: draws a row for a width, in at most so many lines.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"rows--cursor"}
    DEFAULT_CSS = """
    Rows { height: 1fr; overflow-x: hidden; }
    Rows > .rows--cursor { background: $panel; }
    Rows:focus > .rows--cursor { background: $primary-muted; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("home", "jump(0)", "First", show=False),
        Binding("end", "jump(-1)", "Last", show=False),
        Binding("enter", "choose", "Open"),
    ]
    cursor: reactive[int] = reactive(0)

    class Moved(Message):
        """The cursor is on another row."""

        def __init__(self, rows: Rows[Any], key: str) -> None:
            super().__init__()
            self.rows = rows
            self.key = key

        @property
        def control(self) -> Rows[Any]:
            """Return the list."""
            return self.rows

    class Chosen(Moved):
        """A row was opened."""

    def __init__(self, key: Callable[[T], str], line: Callable[[T, int, int], Text], *, id: str) -> None:
        super().__init__(id=id)
        self._key = key
        self._line = line
        self._items: Sequence[T] = ()
        self._tall = 1
        self.touched = False
        """Whether a person has chosen a row; until then the cursor is on the first."""

    @property
    def items(self) -> Sequence[T]:
        """Return what is listed."""
        return self._items

    @property
    def current(self) -> T | None:
        """Return the item under the cursor, None in an empty list."""
        return self._items[self.cursor] if self._items else None

    def show(self, items: Sequence[T], *, first: bool = False) -> None:
        """List other items; the cursor follows its row unless `first` sends it to the top."""
        held = self.touched and not first
        before = self._key(self.current) if held and self.current is not None else None
        self._items = items
        keys = [self._key(item) for item in items] if before is not None else []
        moved = keys.index(before) if before in keys else 0
        self.virtual_size = Size(self.size.width, len(items) * self._tall)
        self.set_reactive(Rows.cursor, moved)
        self._keep_in_sight()
        self.refresh()
        after = None if self.current is None else self._key(self.current)
        if after != before:
            self.post_message(self.Moved(self, after or ""))

    def set_tall(self, lines: int) -> None:
        """Draw every row in so many lines."""
        if lines != self._tall:
            self._tall = lines
            self.virtual_size = Size(self.size.width, len(self._items) * lines)
            self._keep_in_sight()
            self.refresh()

    def select(self, key: str) -> bool:
        """Put the cursor on a row; tell whether there is one."""
        self.touched = True
        for index, item in enumerate(self._items):
            if self._key(item) == key:
                self.cursor = index
                return True
        return False

    def watch_cursor(self, before: int, after: int) -> None:
        """Redraw two lines, not the list."""
        top = self.scroll_offset.y
        for index in (before, after):
            self.refresh(Region(0, index * self._tall - top, self.size.width, self._tall))
        self._keep_in_sight()
        if self.current is not None:
            self.post_message(self.Moved(self, self._key(self.current)))

    def validate_cursor(self, value: int) -> int:
        """Keep the cursor inside the list."""
        return max(0, min(value, len(self._items) - 1))

    def _keep_in_sight(self) -> None:
        if self.size.height:
            self.scroll_to_region(Region(0, self.cursor * self._tall, 1, self._tall), animate=False, force=True)

    def on_resize(self) -> None:
        """Fit the rows to another width."""
        self.virtual_size = Size(self.size.width, len(self._items) * self._tall)
        self._keep_in_sight()

    def render_line(self, y: int) -> Strip:
        """Draw one visible line."""
        (index, part), width = divmod(y + self.scroll_offset.y, self._tall), self.size.width
        base = self.rich_style
        if index >= len(self._items):
            return Strip.blank(width, base)
        lines = self._line(self._items[index], width, self._tall).split()
        text = lines[part] if part < len(lines) else Text()
        text.no_wrap = True
        text.end = ""
        segments = [Segment(s.text, s.style) for s in text.render(self.app.console)]
        style = base + Style(meta={"row": index})
        if index == self.cursor:
            style += self.get_component_rich_style("rows--cursor", partial=True)
        return Strip(segments).adjust_cell_length(width, style).apply_style(style).crop(0, width)

    def on_click(self, event: events.Click) -> None:
        """Select with one click, open with two."""
        index = event.style.meta.get("row")
        if isinstance(index, int) and index < len(self._items):
            self.touched = True
            self.cursor = index
            if event.chain == 2:
                self.action_choose()

    def action_move(self, by: int) -> None:
        """Move the cursor."""
        self.touched = True
        self.cursor += by

    def action_page(self, by: int) -> None:
        """Move the cursor by a page."""
        self.touched = True
        self.cursor += by * max(self.size.height // self._tall - 1, 1)

    def action_jump(self, to: int) -> None:
        """Move the cursor to an end."""
        self.touched = True
        self.cursor = to if to >= 0 else len(self._items) - 1

    def action_choose(self) -> None:
        """Open the row under the cursor."""
        if self.current is not None:
            self.post_message(self.Chosen(self, self._key(self.current)))
