"""What worker threads tell the screen."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from textual.message import Message

from agent.chat.answers import Answer, Pane
from agent.chat.panes import View
from agent.chat.session import Session
from agent.chat.sides import Shelf
from agent.chat.transcript import Turn
from agent.schema import Report

if TYPE_CHECKING:
    from agent.investigation import Interim
    from agent.tui.confirm import Save
    from agent.tui.plot import SeriesPlot


class Seen(Message):
    """An investigation knows more than before; `shelf` is its evidence."""

    def __init__(self, interim: Interim, shelf: Shelf) -> None:
        super().__init__()
        self.interim = interim
        self.shelf = shelf


class Done(Message):
    """An investigation, or a ranking with what a person said, has ended.

    `gone` are ids that meant something else in the report before.
    """

    def __init__(self, report: Report, said: str, gone: Collection[str] = ()) -> None:
        super().__init__()
        self.report = report
        self.said = said
        self.gone = gone


class Answered(Message):
    """A question is answered."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


class Growing(Message):
    """More of the model's answer has arrived."""

    def __init__(self, turn: Turn) -> None:
        super().__init__()
        self.turn = turn


class Told(Message):
    """The model has answered, or has not and a notice says why; both are kept already."""

    def __init__(self, session: Session, turn: Turn, notice: Turn | None) -> None:
        super().__init__()
        self.session = session
        self.turn = turn
        self.notice = notice


class Failed(Message):
    """Something expected went wrong; `running` tells that it ended the investigation."""

    def __init__(self, problem: str, *, running: bool = False) -> None:
        super().__init__()
        self.problem = problem
        self.running = running


class Drafted(Message):
    """A postmortem is ready to be completed; `save` takes its text and the person's name."""

    def __init__(self, text: str, name: str, save: Save) -> None:
        super().__init__()
        self.text = text
        self.name = name
        self.save = save


class Opened(Message):
    """Another run is to be worked on."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session


class Loaded(Message):
    """A pane was read, for the selection of that number. `view` is a plot, or None, where the pane is the plot's."""

    def __init__(self, pane: Pane, selection: int, view: View | SeriesPlot | None) -> None:
        super().__init__()
        self.pane = pane
        self.selection = selection
        self.view = view
