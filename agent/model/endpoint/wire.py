"""What goes over the wire and what comes back, in the endpoint's terms and in ours."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from agent.model.messages import Completion, Finish, Message, ToolCall, ToolSpec, Usage
from tools.errors import ModelAnswerError
from tools.redact import redact, redact_document

_FINISHES: dict[str, Finish] = {"stop": "stop", "length": "length", "tool_calls": "tool_calls"}


def outgoing(message: Message) -> Message:
    """Return a turn without secrets. The one place on the way to a language model where they are cut out."""
    calls = tuple(call.model_copy(update={"arguments": redact_document(call.arguments)}) for call in message.tool_calls)
    return message.model_copy(update={"content": redact(message.content).text, "tool_calls": calls})


def message_body(message: Message) -> dict[str, Any]:
    """Return a turn as the endpoint takes it."""
    body: dict[str, Any] = {"role": message.role, "content": message.content}
    if message.tool_calls:
        calls = [(call.id, {"name": call.name, "arguments": call.arguments}) for call in message.tool_calls]
        body["tool_calls"] = [{"id": number, "type": "function", "function": function} for number, function in calls]
    if message.tool_call_id:
        body["tool_call_id"] = message.tool_call_id
    return body


def tools_body(tools: Sequence[ToolSpec]) -> dict[str, Any]:
    """Return tools as the endpoint takes them, nothing when there are none."""
    functions = [{"name": tool.name, "description": tool.description, "parameters": tool.parameters} for tool in tools]
    return {"tools": [{"type": "function", "function": function} for function in functions]} if functions else {}


def schema_body(schema: type[BaseModel]) -> dict[str, Any]:
    """Return the wish for JSON of a schema as the endpoint takes it."""
    wanted = {"name": schema.__name__, "schema": schema.model_json_schema()}
    return {"response_format": {"type": "json_schema", "json_schema": wanted}}


class _Lenient(BaseModel):
    """A part of an answer. Servers leave out nearly everything, or set it to null."""

    model_config = ConfigDict(extra="ignore")


class _Function(_Lenient):
    name: str | None = None
    arguments: str | None = None


class _Call(_Lenient):
    index: int | None = None
    id: str | None = None
    function: _Function = _Function()


class _Turn(_Lenient):
    content: str | None = None
    tool_calls: list[_Call] | None = None


class _Choice(_Lenient):
    message: _Turn | None = None
    delta: _Turn | None = None
    finish_reason: str | None = None


class _Cached(_Lenient):
    cached_tokens: int | None = None


class _Used(_Lenient):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    prompt_tokens_details: _Cached | None = None


class _Piece(_Lenient):
    """A whole answer, or a piece of one that is streamed."""

    model: str | None = None
    choices: list[_Choice] | None = None
    usage: _Used | None = None


def read_answer(pieces: Iterable[Any], on_text: Callable[[str], None] | None = None) -> Completion:
    """Return an answer that came as one or many pieces, telling of its text meanwhile.

    Raises:
        ModelAnswerError: a piece is not what an endpoint answers.
    """
    read = _Reader()
    for piece in pieces:
        text = read.take(_lenient(piece))
        if text and on_text is not None:
            on_text(text)
    return read.completion()


def _lenient(piece: Any) -> _Piece:
    try:
        return _Piece.model_validate(piece.model_dump(warnings=False) if isinstance(piece, BaseModel) else piece)
    except ValidationError as error:
        raise ModelAnswerError("the model endpoint answers nonsense", "does model.url end in /v1?") from error


@dataclass
class _Reader:
    """An answer as far as it has come."""

    texts: list[str] = field(default_factory=list)
    calls: dict[int, tuple[str, str, str]] = field(default_factory=dict)
    usage: Usage = field(default_factory=Usage)
    finish: str = ""
    model: str = ""

    def take(self, piece: _Piece) -> str:
        """Add a piece and return the text in it."""
        self.model = piece.model or self.model
        self.usage = _usage(piece.usage) if piece.usage else self.usage
        choice = piece.choices[0] if piece.choices else _Choice()
        self.finish = choice.finish_reason or self.finish
        turn = choice.message or choice.delta or _Turn()
        for at, part in enumerate(turn.tool_calls or ()):
            key = at if part.index is None else part.index
            number, name, arguments = self.calls.get(key, ("", "", ""))
            added = part.function
            self.calls[key] = (number or part.id or "", name + (added.name or ""), arguments + (added.arguments or ""))
        self.texts.append(turn.content or "")
        return self.texts[-1]

    def completion(self) -> Completion:
        """Return the answer; one that ends without saying why was broken off."""
        calls = [
            ToolCall(id=number or f"call-{at}", name=name, arguments=arguments)
            for at, (number, name, arguments) in self.calls.items()
        ]
        finish = _FINISHES.get(self.finish, "error")
        return Completion(
            text="".join(self.texts),
            tool_calls=tuple(calls),
            usage=self.usage,
            finish="tool_calls" if calls and finish == "stop" else finish,  # some servers do not tell them apart
            model=self.model,
        )


def _usage(used: _Used) -> Usage:
    cached = used.prompt_tokens_details.cached_tokens if used.prompt_tokens_details else 0
    return Usage(
        prompt_tokens=max(0, used.prompt_tokens or 0),
        completion_tokens=max(0, used.completion_tokens or 0),
        cached_tokens=max(0, cached or 0),
    )
