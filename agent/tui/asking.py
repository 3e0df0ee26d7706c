"""A question to the language model: asked in a thread, its answer grows in place, Esc ends it."""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING

from agent.chat.session import Session
from agent.chat.transcript import Turn
from agent.tui.conversation import TurnView
from agent.tui.messages import Growing, Told
from tools.errors import InputError, WhydownError

if TYPE_CHECKING:
    from agent.tui.app import ChatApp


class Asking:
    """One question at a time."""

    def __init__(self, app: ChatApp) -> None:
        self._app = app
        self._stop = threading.Event()
        self._view: TurnView | None = None
        self._session: Session | None = None

    @property
    def running(self) -> bool:
        """Tell whether an answer is on its way."""
        return self._view is not None

    def ask(self, text: str) -> None:
        """Ask, and show where the answer will be.

        Raises:
            InputError: the model is answering another question.
        """
        session = self._app.session
        if self.running:
            raise InputError(f"{session.model} is still answering", "wait, or stop it with Esc")
        self._stop, self._session = threading.Event(), session
        self._view = self._app.conversation.add(Turn(who="model", text="", model=session.model), growing=True)
        self._app.run_worker(partial(self._in_thread, text, session, self._stop), thread=True, group="model")

    def _in_thread(self, text: str, session: Session, stop: threading.Event) -> None:
        app, looking_at = self._app, (self._app.selected, self._app.looked_at)

        def told(turn: Turn) -> None:
            app.post_message(Growing(turn))

        try:
            turn, notice = session.ask_model(text, told, stop.is_set, looking_at)
        except WhydownError as error:
            turn, notice = Turn(who="model", text=""), Turn(who="notice", text=str(error))
        app.post_message(Told(session, turn, notice))

    def stop(self) -> None:
        """Ask no more: what has arrived stays."""
        self._stop.set()

    def leave(self) -> None:
        """Stop, and forget the answer: another conversation is on the screen."""
        self.stop()
        self._view = None

    def grow(self, turn: Turn) -> None:
        """Show what has arrived."""
        if self._view is not None and not self._stop.is_set():
            self._view.show(turn)

    def ended(self, told: Told) -> None:
        """Show what became of the question."""
        if told.session is not self._session or self._view is None:
            return
        self._view.show(told.turn, growing=False)
        self._view.display = told.turn.says_anything
        self._view = None
        if told.notice is not None:
            self._app.conversation.add(told.notice)
