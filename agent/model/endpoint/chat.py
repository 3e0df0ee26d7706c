"""Any OpenAI-compatible endpoint as a `ChatModel`.

What a model can do is found out at the first call that needs it. One that calls no tools or keeps no schema is driven
by plain JSON. An answer that does not fit its schema is given back once for repair, whatever the model can do.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

from pydantic import BaseModel

from agent.model.client import ChatRequest, OnSent
from agent.model.endpoint import plain, probe
from agent.model.endpoint.abilities import Abilities, Memory
from agent.model.endpoint.deadline import Deadline
from agent.model.endpoint.send import Request, Sender
from agent.model.endpoint.wire import outgoing, schema_body, tools_body
from agent.model.messages import Completion, Usage
from agent.model.tokens import fit
from tools.config import ModelSettings
from tools.errors import ModelAnswerError


class EndpointModel:
    """Asks an endpoint for chat completions."""

    def __init__(self, settings: ModelSettings) -> None:
        self._settings = settings
        self._memory = Memory(settings.abilities, settings.url, settings.model)
        self._sender = Sender(settings, self._memory)

    @property
    def name(self) -> str:
        """Return the model's name as the endpoint knows it."""
        return self._settings.model

    @property
    def on_sent(self) -> OnSent:
        """Return what is told of every request as it leaves the machine."""
        return self._sender.on_sent

    @on_sent.setter
    def on_sent(self, told: OnSent) -> None:
        self._sender.on_sent = told

    @property
    def abilities(self) -> Abilities:
        """Return what is known of the model so far."""
        return self._memory.known

    def complete(self, request: ChatRequest) -> Completion:
        """Return the answer to a conversation, see `ChatModel.complete`. Secrets are not sent."""
        began = time.perf_counter()
        deadline = Deadline(request.seconds)
        spent = self.find_out(deadline, tools=bool(request.tools), schema=request.schema is not None)
        told = fit([outgoing(message) for message in request.messages], request.tools, self._settings.prompt_tokens)
        wire = self._on_wire(replace(request, messages=told))
        answer = self._sender.send(wire, deadline, request.on_text)
        spent = spent.plus(answer.usage)
        if request.tools and not answer.tool_calls:  # written in words; models that can call do so now and then, too
            answer = plain.read_call(answer, len(told))
        if request.schema is not None and not answer.tool_calls:
            answer, spent = self._fitting(answer, wire, request.schema, deadline, spent)
        return answer.model_copy(update={"usage": spent, "seconds": time.perf_counter() - began})

    def find_out(self, deadline: Deadline, *, tools: bool, schema: bool) -> Usage:
        """Find out what is asked for and not known yet; return what that cost.

        Raises:
            ModelError: the endpoint cannot be asked.
        """
        spent = Usage()
        if tools and self.abilities.tools is None:
            able, spent = probe.calls_tools(self._sender, deadline)
            self._memory.learn(tools=able)
        if schema and self.abilities.json_schema is None:
            able, more = probe.keeps_schema(self._sender, deadline)
            self._memory.learn(json_schema=able)
            spent = spent.plus(more)
        return spent

    def listed(self, deadline: Deadline) -> list[str]:
        """Return the models that the endpoint lists; none where it lists none or does not say."""
        return self._sender.models(deadline)

    def forget(self) -> None:
        """Find everything out again at the next call."""
        self._memory.forget()

    def _on_wire(self, asked: ChatRequest) -> Request:
        """Return the request: by the endpoint's own means as far as the model has them, else in words.

        Together with tools a schema is asked for in words: many endpoints refuse both at once.
        """
        extra: dict[str, Any] = {}
        told, tools, schema = list(asked.messages), asked.tools, asked.schema
        if schema is not None and (tools or not self.abilities.json_schema):
            told = plain.told_of_schema(told, schema, tools=bool(tools))
        elif schema is not None:
            extra |= schema_body(schema)
        if tools and self.abilities.tools:
            extra |= tools_body(tools)
        elif tools:
            told = plain.told_of_tools(told, tools, answer=schema is None)
        return Request(told, asked.max_tokens, extra)

    def _fitting(
        self, answer: Completion, request: Request, schema: type[BaseModel], deadline: Deadline, spent: Usage
    ) -> tuple[Completion, Usage]:
        """Return an answer that fits a schema, after one attempt at repair, and what was spent in all.

        Raises:
            ModelAnswerError: it does not fit even then; it says what was spent.
        """
        try:
            text = plain.fitting_json(answer, schema)
        except ValueError as problem:
            turns = [outgoing(turn) for turn in plain.repair_turns(answer, str(problem))]
            answer = self._sender.send(replace(request, messages=[*request.messages, *turns]), deadline)
            spent = spent.plus(answer.usage)
            text = self._repaired(answer, schema, spent)
        return answer.model_copy(update={"text": text}), spent

    def _repaired(self, answer: Completion, schema: type[BaseModel], spent: Usage) -> str:
        try:
            return plain.fitting_json(answer, schema)
        except ValueError as problem:
            raise ModelAnswerError(
                f"{self.name} does not answer as asked", str(problem), spent.prompt_tokens, spent.completion_tokens
            ) from problem
