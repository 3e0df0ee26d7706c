"""One conversation with a model, held to the budget: before every call, and by a deadline during it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from agent.argument.deadline import StoppedError, within
from agent.model import Budget, ChatModel, ChatRequest, Completion, Message, OnText, ToolSpec, Usage
from tools.config import ModelSettings
from tools.errors import ModelError
from tools.redact import redact_model

Form = TypeVar("Form", bound=BaseModel)

CHARACTERS_A_TOKEN = 3.0
"""Cautious for English and names: an estimate that is too high ends a conversation early, never late."""
SHORTEST_ANSWER = 60
"""Tokens below which an answer is not worth asking for."""
MOST_CALLS = 12
"""Calls of one turn that are looked at at all."""


class EndedError(Exception):
    """The conversation cannot go on; the message says why."""


class SpentError(EndedError):
    """The budget allows no more."""


@dataclass(slots=True)
class Conversation:
    """Messages so far, and what may still be spent on more.

    `read` counts the tokens of all prompts; `stopped` tells whether a person wants no more.
    """

    model: ChatModel
    budget: Budget
    settings: ModelSettings
    messages: list[Message] = field(default_factory=list)
    read: int = 0
    stopped: Callable[[], bool] = lambda: False

    def tell(self, message: Message) -> None:
        """Add a turn. Secrets stay behind, whichever model it goes to."""
        self.messages.append(redact_model(message))

    def ask(
        self,
        tools: Sequence[ToolSpec] = (),
        schema: type[BaseModel] | None = None,
        on_text: OnText | None = None,
    ) -> Completion:
        """Return the model's next turn, added to the conversation; `on_text` is told of it as it arrives.

        Raises:
            SpentError: the budget does not allow another call.
            EndedError: the model fails, or a person wants no more.
        """
        reason = self.budget.exhausted()
        room = self.room(tools)
        if reason or room < SHORTEST_ANSWER:
            raise SpentError(reason or f"the limit of {self.budget.limits.tokens:,} tokens is nearly used up")
        answer = self._call(tools, schema, min(self.settings.completion_tokens, room), on_text)
        answer = answer.model_copy(update={"tool_calls": answer.tool_calls[:MOST_CALLS]})
        self.messages.append(Message(role="assistant", content=answer.text, tool_calls=answer.tool_calls))
        return answer

    def conclude(self, prompt: str, form: type[Form], on_text: OnText | None = None) -> Form:
        """Ask for the answer, and return it in its form; `on_text` is told of it as it arrives.

        Raises:
            SpentError: the budget does not allow another call.
            EndedError: the model fails, or what it answers is not what was asked for.
        """
        self.tell(Message(role="user", content=prompt))
        turn = self.ask(schema=form, on_text=on_text)
        if turn.tool_calls:
            raise EndedError("the model asked on instead of answering")
        try:
            return form.model_validate_json(turn.text)
        except ValidationError as error:
            raise EndedError(f"the answer is not the JSON asked for: {error.errors()[0]['msg']}") from error

    def room(self, tools: Sequence[ToolSpec] = (), calls: int = 1) -> int:
        """Return tokens left for answers after so many calls with the messages so far, perhaps less than none."""
        return self.budget.remaining().tokens - calls * self.size(tools)

    def size(self, tools: Sequence[ToolSpec] = ()) -> int:
        """Return about how many tokens the messages so far are."""
        characters = sum(len(m.content) + sum(len(c.arguments) + 40 for c in m.tool_calls) + 12 for m in self.messages)
        characters += sum(len(json.dumps(tool.parameters)) + len(tool.description) + len(tool.name) for tool in tools)
        return int(characters / CHARACTERS_A_TOKEN)

    def _call(
        self,
        tools: Sequence[ToolSpec],
        schema: type[BaseModel] | None,
        max_tokens: int,
        on_text: OnText | None,
    ) -> Completion:
        seconds = min(self.budget.remaining().seconds, self.settings.timeout)
        ear = _Ear(on_text, self.stopped) if on_text else None
        request = ChatRequest(tuple(self.messages), max_tokens, seconds, tools, schema, ear)
        began = time.perf_counter()
        try:
            answer = within(seconds, lambda: self.model.complete(request), self.stopped)
        except ModelError as error:
            heard = ear.close() if ear else 0
            used = Usage(prompt_tokens=self.size(tools), completion_tokens=int(heard / CHARACTERS_A_TOKEN))
            self._charge(used, time.perf_counter() - began)
            raise EndedError(str(error)) from error
        used = answer.usage if answer.usage.total else self._estimate(answer, tools)
        self._charge(used, answer.seconds or time.perf_counter() - began)
        return answer

    def _charge(self, used: Usage, seconds: float) -> None:
        self.read += used.prompt_tokens
        self.budget.charge(used, seconds)

    def _estimate(self, answer: Completion, tools: Sequence[ToolSpec]) -> Usage:
        written = len(answer.text) + sum(len(call.arguments) for call in answer.tool_calls)
        return Usage(prompt_tokens=self.size(tools), completion_tokens=int(written / CHARACTERS_A_TOKEN))


class _Ear:
    """Passes on what arrives until nobody listens any more: a call that was left behind may go on for a while."""

    def __init__(self, told: OnText, stopped: Callable[[], bool]) -> None:
        self._told = told
        self._stopped = stopped
        self._closed = False
        self._heard = 0

    def __call__(self, text: str) -> None:
        """Pass a piece on.

        Raises:
            StoppedError: nobody listens, so that the stream is left.
        """
        if self._closed or self._stopped():
            raise StoppedError
        self._heard += len(text)
        self._told(text)

    def close(self) -> int:
        """Listen no more; return how many characters were heard."""
        self._closed = True
        return self._heard
