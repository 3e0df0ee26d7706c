"""Drive a model that knows neither tools nor schemas by plain JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence

from pydantic import BaseModel, ValidationError

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
    at = text.find("{")
    for _ in range(3):  # a brace in prose before it; more are no answer, and trying each would take long
        if at < 0:
            break
        try:
            _, end = decoder.raw_decode(text, at)
        except ValueError:
            at = text.find("{", at + 1)
        except RecursionError:
            break
        else:
            return text[at:end]
    return ""


def problem_of(answer: Completion, schema: type[BaseModel]) -> str:
    """Return what is wrong with an answer that must fit a schema, empty when it fits."""
    found = first_json(answer.text)
    if not found:
        return "it was cut off at the limit, be brief" if answer.finish == "length" else "there is no JSON object in it"
    try:
        schema.model_validate_json(found)
    except ValidationError as error:
        first = error.errors()[0]
        return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"[:_PROBLEM_LIMIT]
    return ""


def repair_turns(answer: Completion, problem: str) -> list[Message]:
    """Return the turns that give an answer back with what is wrong with it."""
    said = Message(role="assistant", content=answer.text or "(nothing)")
    return [said, Message(role="user", content=_REPAIR.format(problem=problem))]
