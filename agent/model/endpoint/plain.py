"""Drive a model that knows neither tools nor schemas by plain JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from pydantic import BaseModel, JsonValue, ValidationError
from pydantic_core import from_json

from agent.model.endpoint.form import form_of
from agent.model.messages import Completion, Message, ToolCall, ToolSpec

_TOOLS = """You can call these tools:
{tools}
To call one, answer with nothing but one JSON object: {{"tool": "NAME", "arguments": {{...}}}}"""
_ANSWER = "When you need no tool, answer in plain words."
_FORM = "{when}answer with nothing but this JSON object, filled in:\n{form}"
_REPAIR = "That is not what was asked for: {problem}. Answer again, with the JSON object only."
_PROBLEM_LIMIT = 300


def told_of_tools(messages: Sequence[Message], tools: Sequence[ToolSpec], *, answer: bool) -> list[Message]:
    """Return a conversation in which tools are explained in words, and calls and results are ordinary turns.

    Args:
        messages: the conversation.
        tools: what may be called.
        answer: say how to answer without a tool, which a schema says otherwise.
    """
    listed = "\n".join(f"- {tool.name}: {tool.description} Arguments: {json.dumps(tool.parameters)}" for tool in tools)
    names = {call.id: call.name for message in messages for call in message.tool_calls}
    turns = [_in_words(message, names) for message in messages]
    return instructed(turns, _TOOLS.format(tools=listed) + (f"\n{_ANSWER}" if answer else ""))


def told_of_schema(messages: Sequence[Message], schema: type[BaseModel], *, tools: bool) -> list[Message]:
    """Return a conversation that asks for JSON of a schema in words, as a form to fill in."""
    when = "When you need no tool, " if tools else ""
    asked = _FORM.format(when=when, form=json.dumps(form_of(schema), ensure_ascii=False))
    return instructed(messages, asked[0].upper() + asked[1:])


def instructed(messages: Sequence[Message], more: str) -> list[Message]:
    """Return a conversation with more instructions: many models know one system turn only, the first."""
    if messages and messages[0].role == "system":
        return [messages[0].model_copy(update={"content": f"{messages[0].content}\n\n{more}"}), *messages[1:]]
    return [Message(role="system", content=more), *messages]


def _in_words(message: Message, names: dict[str, str]) -> Message:
    if message.role == "tool":
        name = names.get(message.tool_call_id, "the tool")
        return Message(role="user", content=f"Result of {name}:\n{message.content}")
    if message.tool_calls:
        calls = [f'{{"tool": {json.dumps(c.name)}, "arguments": {c.arguments or "{}"}}}' for c in message.tool_calls]
        return Message(role="assistant", content="\n".join([message.content, *calls]).strip())
    return message


def read_call(answer: Completion, number: int) -> Completion:
    """Return an answer whose text is a call in plain JSON as one with a tool call, others as they are.

    Args:
        answer: what the model said.
        number: makes the call's id unique within the conversation.
    """
    found = first_json(answer.text)
    try:
        value = json.loads(found)
    except ValueError:
        return answer
    if not isinstance(value, dict) or not isinstance(value.get("tool"), str):
        return answer
    arguments = json.dumps(value.get("arguments") or {}, ensure_ascii=False)
    call = ToolCall(id=f"call-{number}", name=value["tool"], arguments=arguments)
    return answer.model_copy(update={"text": "", "tool_calls": (call,), "finish": "tool_calls"})


def first_json(text: str) -> str:
    """Return the first JSON object in a text, such as in a fence or after an introduction; empty without one."""
    decoder = json.JSONDecoder()
    for at in _braces(text):
        try:
            _, end = decoder.raw_decode(text, at)
        except ValueError:
            if _begun(text[at:]) is not None:
                break  # it was cut off: an object within it would be taken for the whole
        except RecursionError:
            break
        else:
            return text[at:end]
    return ""


def _braces(text: str) -> Iterator[int]:
    """Yield where objects may begin: a brace in prose may come before; more are no answer, and each takes long."""
    at = text.find("{")
    for _ in range(3):
        if at >= 0:
            yield at
            at = text.find("{", at + 1)


def _begun(text: str) -> dict[str, JsonValue] | None:
    """Return what is complete of a JSON object that ends too early; None for what is no such thing."""
    try:
        value = from_json(text, allow_partial=True)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def fitting_json(answer: Completion, schema: type[BaseModel]) -> str:
    """Return the JSON of an answer, of one that was cut off at the limit what is complete of it.

    Raises:
        ValueError: it does not fit; the message says why.
    """
    found = first_json(answer.text)
    if not found and answer.finish == "length":
        begun = next((part for at in _braces(answer.text) if (part := _begun(answer.text[at:]))), None)
        if begun is None:
            raise ValueError("it was cut off at the limit, be brief")
        found = json.dumps(begun, ensure_ascii=False)
    if not found:
        raise ValueError("there is no JSON object in it")
    try:
        schema.model_validate_json(found)
    except ValidationError as error:
        first = error.errors()[0]
        cut = ", it was cut off at the limit, be brief" if answer.finish == "length" else ""
        problem = f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}".removeprefix(": ")
        raise ValueError(problem[:_PROBLEM_LIMIT] + cut) from error
    return found


def repair_turns(answer: Completion, problem: str) -> list[Message]:
    """Return the turns that give an answer back with what is wrong with it."""
    said = Message(role="assistant", content=answer.text or "(nothing)")
    return [said, Message(role="user", content=_REPAIR.format(problem=problem))]
