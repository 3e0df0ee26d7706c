"""Play a run again from its journal: no telemetry, no network, no knowledge base, no model."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar, cast

from agent.journal.codec import as_json, decode
from agent.journal.entries import Answered, Begun, Ended, Entry, Exchange, Failure, Stepped, Visited
from agent.journal.recorder import WHOLE, Tools
from agent.journal.request import digest
from agent.model import ChatModel, ChatRequest, Completion, ToolSpec
from agent.model.client import unanswered
from tools import errors
from tools.errors import ModelError, RunError
from tools.sources import Telemetry, Unanswered

Update = TypeVar("Update", bound=Mapping[str, Any])


class Player:
    """Answers from a journal what a recorded run asked. Only the last visit of every node counts."""

    def __init__(self, run_id: str, entries: Sequence[Entry]) -> None:
        self.run_id = run_id
        begun = [entry for entry in entries if isinstance(entry, Begun)]
        ended = [entry for entry in entries if isinstance(entry, Ended)]
        if not begun or not ended:
            raise RunError(f"run {run_id} has not ended", f"whydown investigate --resume {run_id}")
        self.begun, self.ended = begun[-1], ended[-1]
        self.state = next((entry.state for entry in reversed(begun) if entry.state), {})
        self._visits = {entry.node: entry.visit for entry in entries if isinstance(entry, Visited)}
        self._entries = entries
        self._node = ""
        self._answers: dict[str, deque[Any]] = {}
        self._exchanges: deque[Exchange] = deque()

    def node(self, name: str, known: Mapping[str, Any], run: Callable[[], Update]) -> Update:
        """Return what a node found: as recorded where it read the world, else by running it on recorded answers."""
        self._node = name
        visit = self._visits.get(name)
        mine = [entry for entry in self._entries if getattr(entry, "visit", None) == visit]
        if name in WHOLE:
            steps = [entry.update for entry in mine if isinstance(entry, Stepped)]
            return cast(Update, {} if self.state else (steps or [self._missing(name)])[-1])
        self._answers = {}
        for entry in mine:
            if isinstance(entry, Answered):
                key = _key(entry.who, entry.method, entry.arguments)
                self._answers.setdefault(key, deque()).append(entry.result)
        last = {entry.number: entry for entry in mine if isinstance(entry, Exchange)}
        self._exchanges = deque(last.values())
        return run()

    def telemetry(self, telemetry: Telemetry) -> Telemetry:
        """Return sources that answer from the journal, whatever is given."""
        played = {
            name: (_LivePlayedSource if name in self.begun.live else _PlayedSource)(self, name, source)
            for name, source in self.begun.signals.items()
        }
        unanswered = [Unanswered(*item) for item in self.begun.unanswered]
        return Telemetry(**cast(Any, played), graph=telemetry.graph, unanswered=unanswered)

    def model(self, model: ChatModel) -> ChatModel:
        """Return a model that answers from the journal, whatever is given."""
        return ReplayModel(self)

    def box(self, box: Tools) -> Tools:
        """Return tools that answer from the journal, whatever is given."""
        return cast(Tools, _PlayedBox(self))

    def answer(self, who: str, method: str, arguments: tuple[Any, ...]) -> Any:
        """Return the recorded answer; asked more often than recorded, the last one again.

        Raises:
            RunError: it was never asked.
        """
        waiting = self._answers.get(_key(who, method, as_json(arguments)))
        if not waiting:
            self._missing(f"{who}.{method}")
        assert waiting is not None
        return decode(waiting.popleft() if len(waiting) > 1 else waiting[0])

    def exchange(self, request: str) -> Exchange:
        """Return the next exchange.

        Raises:
            RunError: the model is asked something else than was recorded.
        """
        if not self._exchanges or self._exchanges[0].request != request:
            self._missing("this question to the model")
        return self._exchanges.popleft()

    def _missing(self, what: str) -> Any:
        raise RunError(
            f"the journal of run {self.run_id} holds no answer to {what} in {self._node}",
            f"it was made by whydown {self.begun.whydown}; the report itself: whydown report {self.run_id}",
        )


class _PlayedSource:
    """A source that answers from the journal."""

    def __init__(self, player: Player, signal: str, name: str) -> None:
        self._player = player
        self._signal = signal
        self.name = name

    def __getattr__(self, method: str) -> Any:
        if method.startswith("_") or method in {"fetched", "close"}:
            raise AttributeError(method)
        return lambda *arguments, **named: self._player.answer(self._signal, method, (*arguments, *named.values()))


class _LivePlayedSource(_PlayedSource):
    """The same for a source that was elsewhere."""

    def fetched(self) -> Any:
        """Return what reading cost."""
        return self._player.answer(self._signal, "fetched", ())

    def close(self) -> None:
        """Do nothing: nothing is open."""


class _PlayedBox:
    """Tools that answer from the journal."""

    def __init__(self, player: Player) -> None:
        self._player = player

    def specs(self) -> list[ToolSpec]:
        """Return the tools that there were."""
        specs: list[ToolSpec] = self._player.answer("box", "specs", ())
        return specs

    def call(self, call: Any) -> Any:
        """Return what was answered."""
        return self._player.answer("box", "call", (call,))


class ReplayModel:
    """A model that answers from the journal, and fails where it failed."""

    def __init__(self, player: Player) -> None:
        self._player = player

    @property
    def name(self) -> str:
        """Return the recorded model's name."""
        return self._player.begun.model

    def complete(self, request: ChatRequest) -> Completion:
        """Return the recorded answer, see `ChatModel.complete`."""
        found = self._player.exchange(digest(request))
        if found.failure is not None:
            raise as_error(found.failure)
        if found.answer is None:
            raise unanswered(request.seconds)
        if request.on_text is not None and found.answer.text:
            request.on_text(found.answer.text)
        return found.answer


def as_error(failure: Failure) -> ModelError:
    """Return a failure as the error that it was."""
    kind = getattr(errors, failure.error, ModelError)
    if not issubclass(kind, ModelError):
        kind = ModelError
    return kind(failure.problem, failure.remedy, failure.prompt_tokens, failure.completion_tokens)


def _key(who: str, method: str, arguments: Any) -> str:
    return json.dumps([who, method, arguments], sort_keys=True)
