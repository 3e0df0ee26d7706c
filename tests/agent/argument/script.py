"""A model whose turns a test writes down."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from agent.model import ChatRequest, Completion, Message, ToolCall, Usage
from tools.errors import ModelError


def asking(*calls: tuple[str, Mapping[str, object]]) -> Completion:
    """Return a turn that asks."""
    made = [ToolCall(id=f"c{n}", name=name, arguments=json.dumps(a)) for n, (name, a) in enumerate(calls)]
    return Completion(tool_calls=tuple(made), usage=Usage(prompt_tokens=100, completion_tokens=10), seconds=0.1)


def saying(text: str) -> Completion:
    """Return a turn of text."""
    return Completion(text=text, usage=Usage(prompt_tokens=100, completion_tokens=10), seconds=0.1)


class Script:
    """Gives its turns one after the other, the last when no tools are offered; an exception among them is raised."""

    name = "script"

    def __init__(self, *turns: Completion | ModelError) -> None:
        self.turns = list(turns)
        self.seen: list[Sequence[Message]] = []
        self.tools: list[list[str]] = []

    def complete(self, request: ChatRequest) -> Completion:
        self.seen.append(request.messages)
        self.tools.append([tool.name for tool in request.tools])
        turn = self.turns[min(len(self.seen), len(self.turns)) - 1] if request.tools else self.turns[-1]
        if isinstance(turn, ModelError):
            raise type(turn)(turn.problem, turn.remedy)  # a fresh one: a traceback keeps all its frames alive
        return turn

    @property
    def prompt(self) -> str:
        """Return all text that ever left for the model."""
        return "\n".join(m.content for messages in self.seen for m in messages)
