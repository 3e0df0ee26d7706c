"""Record a run: what nodes find, what sources and tools answer, what the model is asked and answers.

What is recorded is what the investigation goes on with: secrets are cut out of answers before anything is concluded
from them, so that a replay concludes the same.
"""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

from pydantic import JsonValue

from agent.journal.codec import as_json, decode, encode
from agent.journal.entries import Answered, Begun, Ended, Found, Stepped, Visited
from agent.journal.file import JournalFile
from agent.journal.recorded import Box, RecordedBox, RecordedModel, RecordedSource
from agent.model import ChatModel, Usage
from agent.schema import Report
from tools.clock import now
from tools.config import Settings
from tools.evidence import Evidence
from tools.redact import redact_document, redact_json
from tools.sources import LiveSource, Telemetry

Update = TypeVar("Update", bound=Mapping[str, Any])
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
            name: RecordedSource(self, name, source)
            for name in SIGNALS
            if (source := getattr(telemetry, name)) is not None
        }
        return Telemetry(**cast(Any, kept), graph=telemetry.graph, unanswered=telemetry.unanswered)

    def model(self, model: ChatModel) -> ChatModel:
        """Return a model whose answers are recorded."""
        return RecordedModel(self, model)

    def box(self, box: Tools) -> Tools:
        """Return tools whose answers are recorded."""
        return cast(Tools, RecordedBox(self, box))

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
