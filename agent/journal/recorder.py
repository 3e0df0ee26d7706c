"""Record a run: what nodes find, what sources and tools answer, what the model is asked and answers.

What is recorded is what the investigation goes on with: secrets are cut out of answers before anything is concluded
from them, so that a replay concludes the same.
"""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar, cast

from pydantic import BaseModel, JsonValue

from agent.journal.codec import as_json, decode, encode
from agent.journal.entries import Answered, Begun, Ended, Exchange, Failure, Found, Sent, Stepped, Visited
from agent.journal.file import JournalFile
from agent.journal.request import digest
from agent.model import ChatModel, Completion, Message, OnText, ToolSpec, Usage
from agent.model.client import Sends
from agent.schema import Report
from tools.clock import now
from tools.config import Settings
from tools.errors import ModelError
from tools.evidence import Evidence
from tools.redact import redact_document, redact_json, redact_model
from tools.sources import LiveSource, Telemetry

Update = TypeVar("Update", bound=Mapping[str, Any])


class Box(Protocol):
    """Tools that a model may call."""

    def specs(self) -> list[ToolSpec]:
        """Return the tools as a model is told of them."""

    def call(self, call: Any) -> Any:
        """Answer a call."""


Tools = TypeVar("Tools", bound=Box)
SIGNALS = ("traces", "logs", "metrics", "changes")
WHOLE = frozenset(("intake", "survey", "recall"))
"""Nodes that are recorded by what they found: they read more than a journal should hold, or what is not telemetry."""


class Recorder:
    """Writes the journal of one run. Nodes follow each other; only the model may answer from another thread."""

    def __init__(self, file: JournalFile, price: Callable[[Usage], float] = lambda usage: 0.0) -> None:
        self.file = file
        self.price = price
        self.visit = 0
        self._number = 0
        self.busy = False
        """A tool is at work: what it asks of the sources is in its answer."""

    def begin(
        self, settings: Settings, telemetry: Telemetry, model: str, visits: int, state: Mapping[str, Any] | None
    ) -> None:
        """Write under which circumstances the run begins or goes on."""
        self.visit = visits
        present = {name: source for name in SIGNALS if (source := getattr(telemetry, name)) is not None}
        self.file.append(
            Begun(
                at=now(),
                whydown=program_version(),
                python=platform.python_version(),
                model=model,
                live=tuple(name for name, source in present.items() if isinstance(source, LiveSource)),
                signals={name: source.name for name, source in present.items()},
                unanswered=tuple((item.signal, item.name, item.reason) for item in telemetry.unanswered),
                settings=settings.model_dump(mode="json"),
                state=clean_state(state or {}),
            )
        )

    def node(self, name: str, known: Mapping[str, Any], run: Callable[[], Update]) -> Update:
        """Run a node and write what it found; return it without secrets."""
        self.visit += 1
        self.file.append(Visited(visit=self.visit, node=name))
        update = run()
        if name in WHOLE:
            cleaned = clean_state(update)
            self.file.append(Stepped(visit=self.visit, update=cleaned))
            return cast(Update, cleaned)
        added = update.get("evidence", [])[len(known.get("evidence", [])) :]
        if added:
            found = tuple(Evidence.model_validate_json(text) for text in added)
            self.file.append(Found(visit=self.visit, evidence=found))
        return update

    def telemetry(self, telemetry: Telemetry) -> Telemetry:
        """Return sources whose answers are recorded."""
        kept = {
            name: _RecordedSource(self, name, source)
            for name in SIGNALS
            if (source := getattr(telemetry, name)) is not None
        }
        return Telemetry(**cast(Any, kept), graph=telemetry.graph, unanswered=telemetry.unanswered)

    def model(self, model: ChatModel) -> ChatModel:
        """Return a model whose answers are recorded."""
        return RecordedModel(self, model)

    def box(self, box: Tools) -> Tools:
        """Return tools whose answers are recorded."""
        return cast(Tools, _RecordedBox(self, box))

    def next_number(self) -> int:
        """Return the number of the next exchange."""
        self._number += 1
        return self._number

    def answer(self, who: str, method: str, arguments: tuple[Any, ...], ask: Callable[[], Any]) -> Any:
        """Ask, record and return the answer without secrets."""
        began = time.perf_counter()
        result = ask()
        try:
            plain = encode(result)
        except TypeError:  # a method of a source that no node is known to ask: a replay will miss it and say so
            return result
        cleaned = redact_json(plain)
        took = round(time.perf_counter() - began, 4)
        told = as_json(arguments)
        self.file.append(
            Answered(visit=self.visit, who=who, method=method, arguments=told, result=cleaned, seconds=took)
        )
        return result if cleaned == plain else decode(cleaned)

    def end(self, report: Report) -> None:
        """Write that the report is there."""
        prompts = report.argument.prompts if report.argument else {}
        usage: JsonValue = report.usage.model_dump(mode="json")
        self.file.append(
            Ended(at=now(), verdict=report.verdict.value, timings=report.timings, usage=usage, prompts=prompts)
        )


class _RecordedSource:
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


class _RecordedBox:
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

    def complete(
        self,
        messages: Sequence[Message],
        *,
        tools: Sequence[ToolSpec] = (),
        schema: type[BaseModel] | None = None,
        max_tokens: int,
        seconds: float,
        on_text: OnText | None = None,
    ) -> Completion:
        """Ask the model, see `ChatModel.complete`; secrets in its answer are cut out, too."""
        visit, number = self._recorder.visit, self._recorder.next_number()
        if isinstance(self._model, Sends):
            self._model.on_sent = lambda body: self._recorder.file.append(Sent(visit=visit, number=number, body=body))
        told = tuple(redact_model(message) for message in messages)
        blank = Exchange(
            visit=visit,
            number=number,
            request=digest(told, tools, schema, max_tokens),
            messages=told,
            tools=tuple(tool.name for tool in tools),
            form=schema.__name__ if schema else "",
            max_tokens=max_tokens,
        )
        self._recorder.file.append(blank.model_copy(update={"messages": ()}))
        began = time.perf_counter()
        try:
            answer = self._model.complete(
                messages, tools=tools, schema=schema, max_tokens=max_tokens, seconds=seconds, on_text=on_text
            )
        except ModelError as error:
            self._write(blank, began, failure=failure_of(error), usage=_spent(error))
            raise
        answer = _clean_answer(answer)
        self._write(blank, began, answer=answer, usage=answer.usage)
        return answer

    def _write(self, blank: Exchange, began: float, usage: Usage, **outcome: Any) -> None:
        took = round(time.perf_counter() - began, 3)
        told = {"seconds": took, "cost": self._recorder.price(usage), **outcome}
        self._recorder.file.append(blank.model_copy(update=told))


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


def clean_state(state: Mapping[str, Any]) -> dict[str, Any]:
    """Return a node's result without secrets; the JSON texts in it stay JSON."""
    return {name: _clean_value(value) for name, value in state.items()}


def _clean_value(value: Any) -> Any:
    if isinstance(value, str):
        return redact_document(value)
    return [_clean_value(item) for item in value] if isinstance(value, list) else value


def program_version() -> str:
    """Return the installed version of whydown."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("whydown")
    except PackageNotFoundError:
        return "unknown"
