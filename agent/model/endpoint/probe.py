"""Find out what a model can do by asking it for it, in two small calls."""

from __future__ import annotations

import json

from pydantic import BaseModel

from agent.model.endpoint.deadline import Deadline
from agent.model.endpoint.send import Request, Sender
from agent.model.endpoint.wire import schema_body, tools_body
from agent.model.messages import Message, ToolSpec, Usage
from tools.errors import ModelRefusedError

_TOKENS = 60
_TOOL = ToolSpec(
    name="echo",
    description="Repeat a word.",
    parameters={"type": "object", "properties": {"word": {"type": "string"}}, "required": ["word"]},
)


class _Word(BaseModel):
    word: str


def calls_tools(sender: Sender, deadline: Deadline) -> tuple[bool, Usage]:
    """Tell whether a model calls a tool when told to, and what asking cost.

    Raises:
        ModelError: the endpoint cannot be asked at all.
    """
    told = [Message(role="user", content="Call the tool echo with the word ready.")]
    try:
        answer = sender.send(Request(told, _TOKENS, {**tools_body([_TOOL]), "tool_choice": "required"}), deadline)
    except ModelRefusedError:
        return False, Usage()
    return any(call.name == _TOOL.name and _is_object(call.arguments) for call in answer.tool_calls), answer.usage


def keeps_schema(sender: Sender, deadline: Deadline) -> tuple[bool, Usage]:
    """Tell whether a model's answer has the form of a schema although the words do not ask for it, and what it cost.

    Raises:
        ModelError: the endpoint cannot be asked at all.
    """
    told = [Message(role="user", content="Say the word ready.")]
    try:
        answer = sender.send(Request(told, _TOKENS, schema_body(_Word)), deadline)
    except ModelRefusedError:
        return False, Usage()
    return _is_object(answer.text) and "word" in json.loads(answer.text), answer.usage


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False
