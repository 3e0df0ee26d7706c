"""Sources, tools and a model whose answers are recorded."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from agent.journal.entries import Exchange, Failure, Sent
from agent.journal.request import digest
from agent.model import ChatModel, ChatRequest, Completion, OnText, ToolSpec, Usage
from agent.model.client import Sends
from tools.errors import ModelError
from tools.redact import redact_document, redact_model

if TYPE_CHECKING:
    from agent.journal.recorder import Recorder


class Box(Protocol):
    """Tools that a model may call."""

    def specs(self) -> list[ToolSpec]:
        """Return the tools as a model is told of them."""

    def call(self, call: Any) -> Any:
        """Answer a call."""


class RecordedSource:
    """A source whose answers are recorded."""

    def __init__(self, recorder: Recorder, signal: str, source: Any) -> None:
        self._recorder = recorder
        self._signal = signal
        self._source = source
        self.name = source.name

    def __getattr__(self, method: str) -> Any:
        asked = getattr(self._source, method)
        if method == "close":
            return asked

        def ask(*arguments: Any, **named: Any) -> Any:
            if self._recorder.busy:
                return asked(*arguments, **named)
            told = (*arguments, *named.values())
            return self._recorder.answer(self._signal, method, told, lambda: asked(*arguments, **named))

        return ask


class RecordedBox:
    """Tools whose answers are recorded."""

    def __init__(self, recorder: Recorder, box: Box) -> None:
        self._recorder = recorder
        self._box = box

    def specs(self) -> list[ToolSpec]:
        """Return the tools."""
        specs: list[ToolSpec] = self._ask("specs", (), self._box.specs)
        return specs

    def call(self, call: Any) -> Any:
        """Answer a call."""
        return self._ask("call", (call,), lambda: self._box.call(call))

    def _ask(self, method: str, arguments: tuple[Any, ...], ask: Callable[[], Any]) -> Any:
        self._recorder.busy = True
        try:
            return self._recorder.answer("box", method, arguments, ask)
        finally:
            self._recorder.busy = False


class RecordedModel:
    """A model whose exchanges are recorded, failures too."""

    def __init__(self, recorder: Recorder, model: ChatModel) -> None:
        self._recorder = recorder
        self._model = model

    @property
    def name(self) -> str:
        """Return the model's name."""
        return self._model.name

    def complete(self, request: ChatRequest) -> Completion:
        """Ask the model, see `ChatModel.complete`; secrets in its answer are cut out, too."""
        visit, number = self._recorder.visit, self._recorder.next_number()
        if isinstance(self._model, Sends):
            self._model.on_sent = lambda body: self._recorder.file.append(Sent(visit=visit, number=number, body=body))
        told = tuple(redact_model(message) for message in request.messages)
        blank = Exchange(
            visit=visit,
            number=number,
            request=digest(replace(request, messages=told)),
            messages=told,
            tools=tuple(tool.name for tool in request.tools),
            form=request.schema.__name__ if request.schema else "",
            max_tokens=request.max_tokens,
        )
        self._recorder.file.append(blank.model_copy(update={"messages": ()}))
        heard: list[str] = []
        began = time.perf_counter()
        try:
            answer = self._model.complete(replace(request, on_text=_kept(request.on_text, heard)))
        except ModelError as error:
            begun = _clean_answer(Completion(text="".join(heard), finish="error")) if heard else None
            self._write(blank, began, answer=begun, failure=failure_of(error), usage=_spent(error))
            raise
        answer = _clean_answer(answer)
        self._write(blank, began, answer=answer, usage=answer.usage)
        return answer

    def _write(self, blank: Exchange, began: float, usage: Usage, **outcome: Any) -> None:
        took = round(time.perf_counter() - began, 3)
        told = {"seconds": took, "cost": self._recorder.price(usage), **outcome}
        self._recorder.file.append(blank.model_copy(update=told))


def _kept(on_text: OnText | None, heard: list[str]) -> OnText | None:
    """Return what passes pieces on and keeps them: of an answer that breaks off, they are all there is."""
    if on_text is None:
        return None

    def hear(text: str) -> None:
        heard.append(text)
        on_text(text)

    return hear


def failure_of(error: ModelError) -> Failure:
    """Return a failure as it is written down."""
    return Failure(
        error=type(error).__name__,
        problem=error.problem,
        remedy=error.remedy,
        prompt_tokens=error.prompt_tokens,
        completion_tokens=error.completion_tokens,
    )


def _spent(error: ModelError) -> Usage:
    return Usage(prompt_tokens=error.prompt_tokens, completion_tokens=error.completion_tokens)


def _clean_answer(answer: Completion) -> Completion:
    calls = tuple(call.model_copy(update={"arguments": redact_document(call.arguments)}) for call in answer.tool_calls)
    return answer.model_copy(update={"text": redact_document(answer.text), "tool_calls": calls})
