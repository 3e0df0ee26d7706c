"""Any OpenAI-compatible endpoint as a `ChatModel`."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from agent.model.client import OnText
from agent.model.failures import as_model_error
from agent.model.messages import Completion, Finish, Message, ToolCall, ToolSpec, Usage
from tools.config import ModelSettings
from tools.redact import redact_model

if TYPE_CHECKING:
    from openai import OpenAI
    from openai.types.chat import ChatCompletion

_FINISHES: dict[str, Finish] = {"stop": "stop", "length": "length", "tool_calls": "tool_calls"}


class EndpointModel:
    """Asks an endpoint for chat completions."""

    def __init__(self, settings: ModelSettings) -> None:
        self._settings = settings

    @property
    def name(self) -> str:
        """Return the model's name as the endpoint knows it."""
        return self._settings.model

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
        """Return the answer to a conversation, see `ChatModel.complete`."""
        import openai

        wanted: dict[str, Any] = {"tools": [tool_body(tool) for tool in tools]} if tools else {}
        if schema is not None:
            wanted["response_format"] = schema_body(schema)
        began = time.perf_counter()
        try:
            answer = self._client.with_options(timeout=min(seconds, self._settings.timeout)).chat.completions.create(
                model=self._settings.model,
                messages=[message_body(message) for message in messages],
                temperature=self._settings.temperature,
                seed=self._settings.seed,
                max_completion_tokens=max_tokens,
                **wanted,
            )
        except openai.OpenAIError as error:
            raise as_model_error(error, self._settings) from error
        completion = read_answer(answer, time.perf_counter() - began)
        if on_text is not None and completion.text:
            on_text(completion.text)
        return completion

    @cached_property
    def _client(self) -> OpenAI:
        import openai

        key = self._settings.key.get_secret_value() or "none"
        return openai.OpenAI(base_url=self._settings.url, api_key=key, max_retries=self._settings.retries)


def message_body(message: Message) -> Any:
    """Return a turn as the endpoint takes it, without secrets."""
    message = redact_model(message)
    body: dict[str, Any] = {"role": message.role, "content": message.content}
    if message.tool_calls:
        calls = [(call.id, {"name": call.name, "arguments": call.arguments}) for call in message.tool_calls]
        body["tool_calls"] = [{"id": number, "type": "function", "function": function} for number, function in calls]
    if message.tool_call_id:
        body["tool_call_id"] = message.tool_call_id
    return body


def tool_body(tool: ToolSpec) -> Any:
    """Return a tool as the endpoint takes it."""
    function = {"name": tool.name, "description": tool.description, "parameters": tool.parameters}
    return {"type": "function", "function": function}


def schema_body(schema: type[BaseModel]) -> Any:
    """Return the wish for JSON of a schema as the endpoint takes it."""
    return {"type": "json_schema", "json_schema": {"name": schema.__name__, "schema": schema.model_json_schema()}}


def read_answer(answer: ChatCompletion, seconds: float) -> Completion:
    """Return an endpoint's answer in our own terms; a server may leave out nearly everything."""
    choice = answer.choices[0] if answer.choices else None
    if choice is None:
        return Completion(finish="error", model=answer.model or "", seconds=seconds)
    calls = [call for call in choice.message.tool_calls or () if call.type == "function"]
    used, details = answer.usage, answer.usage.prompt_tokens_details if answer.usage else None
    return Completion(
        text=choice.message.content or "",
        tool_calls=tuple(ToolCall(id=c.id, name=c.function.name, arguments=c.function.arguments) for c in calls),
        usage=Usage(
            prompt_tokens=used.prompt_tokens if used else 0,
            completion_tokens=used.completion_tokens if used else 0,
            cached_tokens=(details.cached_tokens if details else 0) or 0,
        ),
        finish=_FINISHES.get(choice.finish_reason, "error"),
        model=answer.model or "",
        seconds=seconds,
    )
