"""The seam between the investigation and any language model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from pydantic import BaseModel

from agent.model.messages import Completion, Message, ToolSpec
from tools.config import ModelSettings
from tools.errors import ModelTimeoutError

OnText = Callable[[str], None]
"""Called with every piece of an answer as it arrives."""


OnSent = Callable[[Any], None]
"""Called with the body of every request as it leaves the machine."""


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """What a model is asked.

    Attributes:
        messages: the conversation, oldest turn first.
        max_tokens: limit of the answer.
        seconds: limit of time, repeats after failures included.
        tools: what the model may ask to be called; it need not.
        schema: what the answer's text must be as JSON; without it, free text.
        on_text: told of the text as it arrives; without it, nothing is streamed.
    """

    messages: Sequence[Message]
    max_tokens: int
    seconds: float
    tools: Sequence[ToolSpec] = ()
    schema: type[BaseModel] | None = None
    on_text: OnText | None = None


class ChatModel(Protocol):
    """A language model that answers one conversation at a time and keeps nothing."""

    @property
    def name(self) -> str:
        """Return the model's name as reports show it."""

    def complete(self, request: ChatRequest) -> Completion:
        """Return the answer to a conversation.

        Returns:
            The answer. With a schema, its text is JSON that the schema accepts, unless it holds tool calls.

        Raises:
            ModelError: there is no usable answer; the sub-classes in `tools.errors` say why.
        """


@runtime_checkable
class Sends(Protocol):
    """A model that is elsewhere, and tells what it is sent."""

    on_sent: OnSent


GRACE_S = 1.0
"""What a call may take longer than it was told to: a client that times out itself says more about why."""


def unanswered(seconds: float) -> ModelTimeoutError:
    """Return the error of a call that was told to take so many seconds and never returned."""
    return ModelTimeoutError(f"the model has not answered within {seconds:.3g} s", "raise model.timeout")


def model_from(settings: ModelSettings) -> ChatModel | None:
    """Return the configured language model, None when there is none. Nothing is sent yet."""
    if not settings.model:
        return None
    from agent.model.endpoint import EndpointModel

    return EndpointModel(settings)
