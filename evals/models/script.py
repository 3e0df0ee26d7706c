"""What scripted models have in common: they see what a real one sees, text alone, and keep nothing."""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from agent.model import ChatRequest, Completion, Message, ToolCall, Usage

CHARACTERS_A_TOKEN = 4
_SECTION = re.compile(r"^(\w[^:\n]*):\n((?:\| .*\n?)*)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a model can read of the conversation.

    `results` are the texts of tool turns; `evidence` the lines of the first message's evidence.
    """

    sections: dict[str, list[str]]
    results: list[str]

    @classmethod
    def of(cls, messages: Sequence[Message]) -> Seen:
        """Read a conversation."""
        first = next((m.content for m in messages if m.role == "user"), "")
        sections = {head: _lines(body) for head, body in _SECTION.findall(first)}
        return cls(sections, ["\n".join(_lines(m.content)) for m in messages if m.role == "tool"])

    @property
    def services(self) -> list[str]:
        """Return the names of all services."""
        return [name for line in self.sections.get("Services", []) for name in line.split(", ")]

    @property
    def leaders(self) -> list[str]:
        """Return the components of the leading hypotheses, best first."""
        found = [re.match(r"\d+\. (\S+)", line) for line in self.sections.get("Hypotheses of statistics", [])]
        return [match[1].rstrip(":") for match in found if match]

    @property
    def evidence(self) -> list[str]:
        """Return one line a piece of evidence."""
        return [line for line in self.sections.get("Evidence", []) if re.match(r"E\d+ ", line)]


def _lines(text: str) -> list[str]:
    plain = (line.removeprefix("| ") for line in text.splitlines())
    return [line.replace("‹", "<").replace("›", ">") for line in plain]


class ScriptedModel(ABC):
    """A model whose turns are written by code."""

    name = "scripted"

    def complete(self, request: ChatRequest) -> Completion:
        """Return the next turn, see `ChatModel.complete`; tokens are a quarter of the characters."""
        seen = Seen.of(request.messages)
        if request.tools:
            calls = self.asks(seen, {tool.name for tool in request.tools})
            return _completion(request, "", calls)
        return _completion(request, self.answers(seen), [])

    @abstractmethod
    def asks(self, seen: Seen, tools: set[str]) -> list[tuple[str, dict[str, Any]]]:
        """Return the queries of this turn; none ends the asking."""

    @abstractmethod
    def answers(self, seen: Seen) -> str:
        """Return the final text."""


def _completion(request: ChatRequest, text: str, calls: list[tuple[str, dict[str, Any]]]) -> Completion:
    turns = sum(message.role == "assistant" for message in request.messages)
    made = tuple(
        ToolCall(id=f"call-{turns}-{index}", name=name, arguments=json.dumps(arguments))
        for index, (name, arguments) in enumerate(calls)
    )
    read = sum(len(m.content) + sum(len(c.arguments) for c in m.tool_calls) for m in request.messages)
    read += sum(len(tool.model_dump_json()) for tool in request.tools)
    written = len(text) + sum(len(call.arguments) for call in made)
    usage = Usage(prompt_tokens=read // CHARACTERS_A_TOKEN, completion_tokens=written // CHARACTERS_A_TOKEN)
    return Completion(text=text, tool_calls=made, usage=usage, finish="tool_calls" if made else "stop", model="script")


def answer_of(claims: list[dict[str, Any]], hypotheses: list[dict[str, Any]], explanation: str = "") -> str:
    """Return the JSON of an answer."""
    return json.dumps({"claims": claims, "hypotheses": hypotheses, "explanation": explanation}, ensure_ascii=False)
