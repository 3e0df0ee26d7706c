"""Does the language model answer, and what can it do."""

from __future__ import annotations

from agent.doctor.finding import Finding, failed
from agent.model import ChatRequest, Message
from agent.model.endpoint import EndpointModel
from agent.model.endpoint.deadline import Deadline
from tools.config import ModelSettings
from tools.errors import ModelError

_NAME = "language model"
_READY = [Message(role="user", content="Say ready.")]


def check_model(settings: ModelSettings) -> list[Finding]:
    """Ask the model for a word, a tool call and an answer of a schema; what was remembered of it is renewed."""
    if not settings.model:
        remedy = "set model.url and model.model to have causes in code and configuration considered"
        return [Finding(name=_NAME, status="off", detail="none is set up", remedy=remedy)]
    model = EndpointModel(settings)
    model.forget()
    try:
        answer = model.complete(ChatRequest(_READY, max_tokens=8, seconds=settings.timeout))
    except ModelError as error:
        return [failed(_NAME, error)]
    heard = f"{settings.model} at {settings.url} answers in {answer.seconds:.1f} s"
    found = [Finding(name=_NAME, status="ok", detail=heard + _listed(model, settings.model))]
    for name, tools in (("tool calls", True), ("JSON schema", False)):
        found.append(_ability(model, name, tools=tools, seconds=settings.timeout))
    return found


def _listed(model: EndpointModel, name: str) -> str:
    known = model.listed(Deadline(10.0))
    return f", though it lists only {', '.join(known[:5])}" if known and name not in known else ""


def _ability(model: EndpointModel, name: str, *, tools: bool, seconds: float) -> Finding:
    try:
        model.find_out(Deadline(seconds), tools=tools, schema=not tools)
    except ModelError as error:
        return failed(name, error)
    able = model.abilities.tools if tools else model.abilities.json_schema
    detail = "by the endpoint's own means" if able else "not supported; the model is driven by plain JSON instead"
    return Finding(name=name, status="ok", detail=detail)
