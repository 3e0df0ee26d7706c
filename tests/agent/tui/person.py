"""A person at the keyboard of the application."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from textual.pilot import Pilot
from textual.widgets import Static

from agent.chat import Session
from agent.tui.app import ChatApp
from agent.tui.conversation import TurnView
from agent.tui.drawn import Drawn
from tools.config import Settings

NARROW, WIDE = (80, 24), (160, 50)
_PATIENCE_S = 20.0


@dataclass(frozen=True)
class Person:
    """Presses keys, and waits until the screen shows what they expect."""

    app: ChatApp
    pilot: Pilot[None]

    async def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        await self.pilot.press(*keys)

    async def type(self, text: str) -> None:
        """Go to the prompt, type a line and send it."""
        self.app.prompt.focus()
        await self.pilot.pause()
        for char in text:
            await self.pilot.press(_KEYS.get(char, char))
        await self.pilot.press("enter")

    async def until(self, true: Callable[[], Any], what: str = "") -> None:
        """Wait until something is so.

        Raises:
            AssertionError: it never is.
        """
        deadline = asyncio.get_running_loop().time() + _PATIENCE_S
        while not true():
            assert asyncio.get_running_loop().time() < deadline, (
                f"{what or 'it'} never came; the screen:\n{self.screen()}"
            )
            await self.pilot.pause(0.02)

    async def idle(self) -> None:
        """Wait until the investigation has ended."""
        await self.until(lambda: not self.app.talk.running and self.app.session.report, "the report")
        await self.pilot.pause()

    async def sees(self, text: str) -> None:
        """Wait until a text is on the screen."""
        await self.until(lambda: text in self.screen(), repr(text))

    def screen(self) -> str:
        """Return what the terminal shows, as text."""
        strips = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)

    def said(self) -> list[str]:
        """Return the texts of all turns."""
        return [view.turn.text for view in self.app.query(TurnView)]

    def pane(self, name: str) -> str:
        """Return what a tab of the detail pane shows, also where it is out of sight."""
        body = self.app.query_one(f"#pane-{name}", Drawn).query_one(Static)
        return "\n".join(strip.text.rstrip() for strip in body.render_lines(body.size.region))


_KEYS = {
    " ": "space",
    "/": "slash",
    "?": "question_mark",
    ".": "full_stop",
    ":": "colon",
    "-": "minus",
    ",": "comma",
    "=": "equals_sign",
}


@asynccontextmanager
async def at_work(
    target: str | Path, settings: Settings, size: tuple[int, int] = WIDE, *, done: bool = True
) -> AsyncIterator[Person]:
    """Open the application on a folder or run, and wait for the report unless told otherwise."""
    app = ChatApp(Session.open(str(target), settings))
    async with app.run_test(size=size) as pilot:
        person = Person(app, pilot)
        if done:
            await person.idle()
        yield person
