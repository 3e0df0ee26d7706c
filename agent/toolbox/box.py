"""The box: takes a call as the model wrote it, and gives a text for the model and evidence for the report."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from agent.model import ToolCall, ToolSpec
from agent.schema import Asked
from agent.toolbox.bench import Bench, existing
from agent.toolbox.catalogue import available
from agent.toolbox.failed_run import RunBench
from agent.toolbox.pages import More, Pages, page_of
from agent.toolbox.repeats import Question, same_question
from agent.toolbox.tool import Arguments, Found, Line, Tool
from tools.errors import WhydownError
from tools.evidence import Evidence, EvidenceKind
from tools.redact import redact, redact_model

MORE = "more"
ARGUMENTS_KEPT = 300
SAMPLES = 20
"""Samples that one page's evidence keeps."""
STATED = 300
"""Characters of a statement."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a call gave: a text for the model, without fence, a record, and evidence if it was answered."""

    text: str
    asked: Asked
    evidence: Evidence | None = None


@dataclass(slots=True)
class Toolbox:
    """The tools of one investigation. `first` is the number of the next evidence, `series` the letter before it."""

    bench: Bench | RunBench
    first: int
    series: str = "E"
    _tools: dict[str, Tool[Any]] = field(init=False)
    _pages: Pages = field(init=False)
    _answered: list[tuple[Question, Result]] = field(default_factory=list)
    _named: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._tools = available(self.bench)
        self._tools[MORE] = Tool(MORE, "Another page of a long result.", More, _no_query, lambda bench: True, "page")
        self._pages = Pages(self.bench.spill)

    def specs(self) -> list[ToolSpec]:
        """Return the tools that are of use now, as a model is told of them."""
        return [tool.spec() for tool in self._tools.values() if not tool.needs or tool.needs in self._named]

    def call(self, call: ToolCall) -> Result:
        """Answer a call, or say why not. Nothing that a model writes raises an exception or writes to a source."""
        try:
            arguments = self._arguments(call)
            question = (call.name, arguments.model_dump())
            for earlier, result in self._answered:
                if same_question(earlier, question):
                    return _repeated(call, result)
            result = self._answer(call, arguments)
        except (WhydownError, ValidationError) as error:
            reason = (
                _first_problem(error, self._tools.get(call.name)) if isinstance(error, ValidationError) else str(error)
            )
            return Result(f"refused: {reason}", _asked(call, "refused", reason=reason[:STATED]))
        self._answered.append((question, result))
        return result

    def _arguments(self, call: ToolCall) -> Arguments:
        existing("tool", call.name, list(self._tools))
        text = call.arguments.strip() or "{}"
        return self._tools[call.name].arguments.model_validate_json(text)

    def _answer(self, call: ToolCall, arguments: Arguments) -> Result:
        handle = f"{self.series}{self.first}"
        if isinstance(arguments, More):
            found, number = self._pages.find(arguments.result), arguments.page
            more = arguments.result
        else:
            # Before anything is cut: a secret of which the end is missing cannot be recognised.
            found, number = redact_model(self._tools[call.name].run(self.bench, arguments)), 1
            more = handle
        lines, pages = page_of(found, number)
        if pages > 1 and number == 1:
            self._pages.keep(handle, found)
            self._named.add("page")
        evidence = _evidence(handle, found, lines, number)
        self._named |= {sample.kind for sample in evidence.samples if sample.kind == "trace"}
        self.first += 1
        told = [f"{handle}: {found.title}", *(line.text for line in lines)]
        told += ["nothing found"] if not lines else []
        if number < pages:
            told.append(f"page {number} of {pages}; {MORE}(result={more}, page={number + 1}) reads on")
        return Result("\n".join(told), _asked(call, "answered", evidence=handle), evidence)


def _no_query(bench: object, arguments: Arguments) -> Found:
    raise AssertionError("pages are read by the box itself")


def _evidence(handle: str, found: Found, lines: tuple[Line, ...], number: int) -> Evidence:
    shown = lines[0].text if lines else "nothing found"
    title = found.title + (f", page {number}" if number > 1 else "")
    samples = dict.fromkeys(sample for line in lines for sample in line.samples)
    return Evidence(
        id=handle,
        kind=EvidenceKind.TOOL_RESULT,
        subject=found.subject,
        statement=f"{title}: {shown}"[:STATED],
        onset=found.onset,
        query=found.query,
        samples=tuple(samples)[:SAMPLES],
        facts=tuple(fact for line in lines for fact in line.facts),
    )


def _repeated(call: ToolCall, earlier: Result) -> Result:
    handle = earlier.asked.evidence
    begin = earlier.text[:STATED]
    text = f"refused: you have asked this; the result is {handle}, which began with\n{begin}\nAsk something else."
    return Result(text, _asked(call, "repeated", evidence=handle, reason=f"the same as {handle}"))


def _asked(call: ToolCall, outcome: str, evidence: str = "", reason: str = "") -> Asked:
    arguments = redact(call.arguments[: 10 * ARGUMENTS_KEPT]).text[:ARGUMENTS_KEPT]
    return Asked.model_validate(
        {
            "tool": call.name[:60],
            "arguments": arguments,
            "outcome": outcome,
            "evidence": evidence,
            "reason": reason,
        }
    )


def _first_problem(error: ValidationError, tool: Tool[Any] | None) -> str:
    """Return the first thing that is wrong with arguments, and which there are."""
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])[:60]
    names = ", ".join(tool.arguments.model_fields) if tool else ""
    return f"{where}: {first['msg']}".removeprefix(": ") + (f"; arguments: {names}" if names else "; it takes none")
