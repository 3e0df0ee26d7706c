"""What goes to a language model and what comes back: frozen, and JSON all through, so that it can be recorded."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Role = Literal["system", "user", "assistant", "tool"]
Finish = Literal["stop", "length", "tool_calls", "error"]
"""Why an answer ended: by itself, at the limit of tokens, to call tools, or broken off by the server."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class ToolCall(_Frozen):
    """A tool that the model wants called. `arguments` is JSON text as the model wrote it: nothing has checked it."""

    id: str
    name: str
    arguments: str


class ToolSpec(_Frozen):
    """A tool as the model is told of it; `parameters` is a JSON Schema of an object."""

    name: str
    description: str
    parameters: dict[str, object]


class Message(_Frozen):
    """One turn. `tool_calls` belong to an assistant's turn, `tool_call_id` to the tool's turn that answers one."""

    role: Role
    content: str
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str = ""


class Usage(_Frozen):
    """Tokens of one call. `cached_tokens` are those of the prompt that the server had read before."""

    prompt_tokens: int = Field(default=0, ge=0)
    completion_tokens: int = Field(default=0, ge=0)
    cached_tokens: int = Field(default=0, ge=0)

    def plus(self, other: Usage) -> Usage:
        """Return the tokens of both together."""
        return Usage(
            prompt_tokens=self.prompt_tokens + other.prompt_tokens,
            completion_tokens=self.completion_tokens + other.completion_tokens,
            cached_tokens=self.cached_tokens + other.cached_tokens,
        )

    @property
    def total(self) -> int:
        """Return tokens read and written together."""
        return self.prompt_tokens + self.completion_tokens


class Completion(_Frozen):
    """A model's answer. `seconds` is how long it took; a replay gives the seconds of the recording."""

    text: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    usage: Usage = Usage()
    finish: Finish = "stop"
    model: str = ""
    seconds: float = 0.0
