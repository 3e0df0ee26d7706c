"""Send one request: repeats, refused parameters, streaming, failures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from agent.model.client import OnSent, OnText
from agent.model.endpoint.abilities import Memory
from agent.model.endpoint.deadline import Deadline, patiently
from agent.model.endpoint.failures import as_model_error
from agent.model.endpoint.wire import message_body, read_answer
from agent.model.messages import Completion, Message, Usage
from agent.model.tokens import count_prompt, count_tokens
from tools.config import ModelSettings

if TYPE_CHECKING:
    from openai import OpenAI

OPTIONAL = ("max_completion_tokens", "stream_options", "seed", "temperature", "tool_choice")
"""Parameters that some endpoints refuse and that an answer can be had without."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request. `extra` holds tools, their choice and the form of the answer as the endpoint takes them."""

    messages: Sequence[Message]
    max_tokens: int
    extra: dict[str, Any] = field(default_factory=dict)


class Sender:
    """Sends requests to one endpoint for one model."""

    def __init__(self, settings: ModelSettings, memory: Memory) -> None:
        self._settings = settings
        self._memory = memory
        self.on_sent: OnSent = lambda body: None

    def send(self, request: Request, deadline: Deadline, on_text: OnText | None = None) -> Completion:
        """Return the answer.

        Raises:
            ModelError: there is none.
        """
        import httpx2
        import openai

        try:
            answer = self._send_without_refused(request, deadline, on_text)
        except (openai.OpenAIError, httpx2.HTTPError) as error:  # the SDK lets failures in mid-stream through
            raise as_model_error(error, self._settings) from error
        return _counted(answer, request)

    def models(self, deadline: Deadline) -> list[str]:
        """Return the ids of the models that the endpoint lists; many endpoints list none, so failures are none, too."""
        import openai

        try:
            listing = self._client.with_options(timeout=deadline.left()).models.list()
            return sorted(str(model.id) for model in listing.data or ())
        except (openai.OpenAIError, AttributeError, TypeError):  # what is no listing at all has no such attributes
            return []

    def _send_without_refused(self, request: Request, deadline: Deadline, on_text: OnText | None) -> Completion:
        """Send, and send again without a parameter that the endpoint names as the reason of its refusal."""
        import openai

        while True:
            body = self._body(request, streaming=on_text is not None)
            try:
                return self._answer(body, deadline, on_text)
            except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                refused = [name for name in OPTIONAL if name in body and name in str(error)]
                if not refused:
                    raise
                self._memory.learn(without=(*self._memory.known.without, refused[0]))

    def _answer(self, body: dict[str, Any], deadline: Deadline, on_text: OnText | None) -> Completion:
        def ask(seconds: float) -> Any:
            self.on_sent(body)
            return self._client.with_options(timeout=seconds).chat.completions.create(**body)

        answer = patiently(ask, self._settings.retries, self._settings.timeout, deadline)
        if on_text is None:
            return read_answer([answer])
        with answer:
            return read_answer(_until(deadline, answer), on_text)

    def _body(self, request: Request, *, streaming: bool) -> dict[str, Any]:
        without = self._memory.known.without
        body: dict[str, Any] = {
            "model": self._settings.model,
            "messages": [message_body(message) for message in request.messages],
            "temperature": self._settings.temperature,
            "seed": self._settings.seed,
            "max_completion_tokens": request.max_tokens,
            **request.extra,
        }
        if streaming:
            body |= {"stream": True, "stream_options": {"include_usage": True}}
        if "max_completion_tokens" in without:  # its older name
            body["max_tokens"] = request.max_tokens
        return {name: value for name, value in body.items() if name not in without}

    @cached_property
    def _client(self) -> OpenAI:
        import openai

        key = self._settings.key.get_secret_value() or "none"
        return openai.OpenAI(base_url=self._settings.url, api_key=key, max_retries=0)


def _until(deadline: Deadline, chunks: Iterator[Any]) -> Iterator[Any]:
    for chunk in chunks:
        deadline.left()
        yield chunk


def _counted(answer: Completion, request: Request) -> Completion:
    """Return an answer with its usage; where the endpoint tells none, with our own count."""
    if answer.usage.total:
        return answer
    written = count_tokens(answer.text + "".join(call.name + call.arguments for call in answer.tool_calls))
    counted = Usage(prompt_tokens=count_prompt(request.messages), completion_tokens=written)
    return answer.model_copy(update={"usage": counted})
