"""What worker threads tell the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

from agent.chat.answers import Answer, Pane
from agent.chat.panes import View
from agent.chat.session import Session
from agent.schema import Report

if TYPE_CHECKING:
    from agent.investigation import Interim


class Seen(Message):
    """An investigation knows more than before."""

    def __init__(self, interim: Interim) -> None:
        super().__init__()
        self.interim = interim


class Done(Message):
    """An investigation, or a ranking with what a person said, has ended."""

    def __init__(self, report: Report, said: str) -> None:
        super().__init__()
        self.report = report
        self.said = said


class Answered(Message):
    """A question is answered."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


class Failed(Message):
    """Something expected went wrong; `running` tells that it ended the investigation."""

    def __init__(self, problem: str, *, running: bool = False) -> None:
        super().__init__()
        self.problem = problem
        self.running = running


class Opened(Message):
    """Another run is to be worked on."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session


class Loaded(Message):
    """A pane was read, for the selection of that number."""

    def __init__(self, pane: Pane, selection: int, view: View) -> None:
        super().__init__()
        self.pane = pane
        self.selection = selection
        self.view = view
