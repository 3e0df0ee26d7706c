"""A model behind an endpoint: what it is sent, how its answers are read, and how weak ones are driven."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from agent.model import ChatRequest, Completion, Message, ToolCall, ToolSpec, Usage
from agent.model.endpoint import EndpointModel
from tests.agent.model.endpoint.scripted import Reply, model_at, refused, said, scripted
from tools.errors import ModelAnswerError, ModelOverflowError

ASK = [Message(role="system", content="Be brief."), Message(role="user", content="Which service?")]
TRACES = ToolSpec(name="traces", description="Slowest spans.", parameters={"type": "object", "properties": {}})


class Cause(BaseModel):
    service: str
    sure: float = 0.0


def ask(model: EndpointModel, messages: list[Message] | None = None, **more: Any) -> Completion:
    return model.complete(ChatRequest(messages or ASK, **{"max_tokens": 50, "seconds": 10, **more}))


def test_a_question_goes_out_with_key_and_settings(tmp_path: Path) -> None:
    with scripted(said("payment")) as (url, asked):
        answer = ask(model_at(url, tmp_path, key="k-1", seed=7))
    assert (answer.text, answer.finish, answer.model) == ("payment", "stop", "scripted")
    assert answer.usage == Usage(prompt_tokens=10, completion_tokens=5)
    assert answer.seconds > 0
    sent = asked[0]
    assert sent["messages"] == [{"role": m.role, "content": m.content} for m in ASK]
    assert (sent["key"], sent["model"], sent["temperature"], sent["seed"]) == ("Bearer k-1", "scripted", 0.0, 7)
    assert sent["max_completion_tokens"] == 50


def test_tools_are_offered_and_calls_returned_unchecked(tmp_path: Path) -> None:
    with scripted(said("", ("traces", {"service": "payment"}))) as (url, asked):
        answer = ask(model_at(url, tmp_path), tools=[TRACES])
    assert asked[0]["tools"][0]["function"]["name"] == "traces"
    assert answer.tool_calls == (ToolCall(id="c0", name="traces", arguments='{"service": "payment"}'),)
    assert answer.finish == "tool_calls"


def test_calls_and_results_go_back_in_the_endpoints_terms(tmp_path: Path) -> None:
    call = ToolCall(id="c0", name="traces", arguments="{}")
    turns = [*ASK, Message(role="assistant", content="", tool_calls=(call,))]
    with scripted(said("payment")) as (url, asked):
        ask(model_at(url, tmp_path), [*turns, Message(role="tool", content="none", tool_call_id="c0")], tools=[TRACES])
    called, result = asked[0]["messages"][2:]
    assert called["tool_calls"][0] == {
        "id": "c0",
        "type": "function",
        "function": {"name": "traces", "arguments": "{}"},
    }
    assert result == {"role": "tool", "content": "none", "tool_call_id": "c0"}


def test_an_answer_of_a_schema_is_asked_for_by_the_endpoints_means(tmp_path: Path) -> None:
    with scripted(said('{"service": "payment", "sure": 0.5}')) as (url, asked):
        answer = ask(model_at(url, tmp_path), schema=Cause)
    assert Cause.model_validate_json(answer.text) == Cause(service="payment", sure=0.5)
    assert asked[0]["response_format"]["json_schema"]["schema"]["required"] == ["service"]
    assert len(asked) == 1


@pytest.mark.parametrize(
    "first",
    [said('{"sure": 1}'), said("it is payment"), said('{"service": "pay', finish="length"), said("{" * 5_000)],
    ids=["a field is missing", "prose", "cut off", "braces without end"],
)
def test_an_answer_that_does_not_fit_is_given_back_once(tmp_path: Path, first: Reply) -> None:
    with scripted(first, said('Sure!\n```json\n{"service": "payment"}\n```')) as (url, asked):
        answer = ask(model_at(url, tmp_path), schema=Cause)
    assert json.loads(answer.text) == {"service": "payment"}
    assert answer.usage == Usage(prompt_tokens=20, completion_tokens=10)
    assert "not what was asked for" in asked[1]["messages"][-1]["content"]


def test_after_one_repair_it_is_given_up_and_the_cost_is_told(tmp_path: Path) -> None:
    with (
        scripted(said("payment")) as (url, asked),
        pytest.raises(ModelAnswerError, match="no JSON object") as caught,
    ):
        ask(model_at(url, tmp_path), schema=Cause)
    assert len(asked) == 2
    assert (caught.value.prompt_tokens, caught.value.completion_tokens) == (20, 10)


def test_a_model_without_abilities_is_driven_in_words(tmp_path: Path) -> None:
    call = ToolCall(id="c0", name="traces", arguments='{"service": "cart"}')
    turns = [
        *ASK,
        Message(role="assistant", content="", tool_calls=(call,)),
        Message(role="tool", content="nothing slow", tool_call_id="c0"),
    ]
    reply = said('I look again: {"tool": "traces", "arguments": {"service": "payment"}}')
    with scripted(reply) as (url, asked):
        answer = ask(model_at(url, tmp_path, able=False), turns, tools=[TRACES])
    assert [(call.name, call.arguments) for call in answer.tool_calls] == [("traces", '{"service": "payment"}')]
    assert (answer.text, answer.finish) == ("", "tool_calls")
    sent = asked[0]
    assert "tools" not in sent
    assert "traces: Slowest spans." in sent["messages"][0]["content"]
    assert sent["messages"][2] == {
        "role": "assistant",
        "content": '{"tool": "traces", "arguments": {"service": "cart"}}',
    }
    assert sent["messages"][3] == {"role": "user", "content": "Result of traces:\nnothing slow"}


def test_ids_of_calls_in_words_differ_from_turn_to_turn(tmp_path: Path) -> None:
    with scripted(said('{"tool": "traces"}')) as (url, _):
        model = model_at(url, tmp_path, able=False)
        first = ask(model, tools=[TRACES]).tool_calls[0]
        turns = [*ASK, Message(role="assistant", content="", tool_calls=(first,))]
        second = ask(model, [*turns, Message(role="tool", content="-", tool_call_id=first.id)], tools=[TRACES])
    assert first.arguments == "{}"
    assert first.id != second.tool_calls[0].id


def test_a_schema_in_words(tmp_path: Path) -> None:
    with scripted(said('{"service": "payment"}')) as (url, asked):
        ask(model_at(url, tmp_path, able=False), schema=Cause)
    assert "response_format" not in asked[0]
    assert '{"service": "<text>", "sure": 0.0}' in asked[0]["messages"][0]["content"]


def test_tools_and_schema_together_are_no_conflict_for_the_endpoint(tmp_path: Path) -> None:
    with scripted(said('{"service": "payment"}')) as (url, asked):
        answer = ask(model_at(url, tmp_path), tools=[TRACES], schema=Cause)
    assert "response_format" not in asked[0]
    assert "When you need no tool" in asked[0]["messages"][0]["content"]
    assert Cause.model_validate_json(answer.text).service == "payment"


@pytest.mark.parametrize(
    ("answers", "tools", "schema"),
    [
        ([said("", ("echo", {"word": "ready"})), said('{"word": "ready"}')], True, True),
        ([said("echo ready"), said("ready")], False, False),
        ([refused("tools are not supported"), refused("response_format is unknown")], False, False),
    ],
)
def test_abilities_are_found_out_once_and_remembered(
    tmp_path: Path, answers: list[Reply], tools: bool, schema: bool
) -> None:
    with scripted(*answers, said('{"service": "payment"}')) as (url, asked):
        first = model_at(url, tmp_path, able=None)
        ask(first, tools=[TRACES], schema=Cause)
        assert (first.abilities.tools, first.abilities.json_schema) == (tools, schema)
        assert len(asked) == 3
        again = model_at(url, tmp_path, able=None)
        ask(again, schema=Cause)
        assert len(asked) == 4
        again.forget()
        assert again.abilities.tools is None


def test_what_probes_cost_is_charged_too(tmp_path: Path) -> None:
    with scripted(said("", ("echo", {"word": "ready"}), prompt=100), said("fine")) as (url, _):
        assert ask(model_at(url, tmp_path, able=None), tools=[TRACES]).usage.prompt_tokens == 110


def test_a_memory_that_cannot_be_read_or_written_costs_a_question_only(tmp_path: Path) -> None:
    (tmp_path / "abilities.json").mkdir()
    with scripted(said("", ("echo", {"word": "ready"})), said("fine")) as (url, _):
        assert ask(model_at(url, tmp_path, able=None), tools=[TRACES]).text == "fine"


@pytest.mark.parametrize("name", ["max_completion_tokens", "seed", "temperature"])
def test_a_refused_parameter_is_left_out_from_then_on(tmp_path: Path, name: str) -> None:
    with scripted(refused(f"Unsupported parameter: '{name}'"), said("fine")) as (url, asked):
        model = model_at(url, tmp_path)
        assert ask(model).text == "fine"
        ask(model)
    assert [name in body for body in asked] == [True, False, False]
    if name == "max_completion_tokens":
        assert asked[1]["max_tokens"] == 50


def test_a_long_prompt_is_cut_in_its_longest_turn_never_in_the_instructions(tmp_path: Path) -> None:
    turns = [*ASK, Message(role="user", content="lines\n" + "payment failed\n" * 4_000 + "the last line")]
    with scripted(said("fine")) as (url, asked):
        ask(model_at(url, tmp_path, prompt_tokens=1_000), turns)
    sent = asked[0]["messages"]
    assert sent[:2] == [{"role": m.role, "content": m.content} for m in ASK]
    assert sent[2]["content"].startswith("lines\n")
    assert sent[2]["content"].endswith("the last line")
    assert "tokens left out" in sent[2]["content"]
    assert len(sent[2]["content"]) < 6_000


def test_instructions_that_are_too_long_are_refused_before_anything_is_sent(tmp_path: Path) -> None:
    turns = [Message(role="system", content="rule\n" * 4_000)]
    with scripted(said("fine")) as (url, asked), pytest.raises(ModelOverflowError):
        ask(model_at(url, tmp_path, prompt_tokens=1_000), turns)
    assert asked == []


def test_secrets_go_before_a_text_is_cut(tmp_path: Path) -> None:
    """A secret that a cut halves would not be recognised any more."""
    text = " ".join(f"password={'hunter2' * 9}{number}" for number in range(900))
    with scripted(said("fine")) as (url, asked):
        ask(model_at(url, tmp_path, prompt_tokens=900), [Message(role="user", content=text)])
    assert "hunter2" not in asked[0]["messages"][0]["content"]


def test_arguments_without_secrets_are_still_json(tmp_path: Path) -> None:
    call = ToolCall(id="c0", name="traces", arguments=json.dumps({"text": 'password="a\\"b" x', "n": 1}))
    with scripted(said("fine")) as (url, asked):
        ask(model_at(url, tmp_path), [*ASK, Message(role="assistant", content="", tool_calls=(call,))])
    arguments = json.loads(asked[0]["messages"][2]["tool_calls"][0]["function"]["arguments"])
    assert arguments["n"] == 1
    assert "[redacted password]" in arguments["text"]


def test_without_usage_tokens_are_counted_here(tmp_path: Path) -> None:
    reply = said("payment is slow")
    with scripted(Reply({**reply.body, "usage": None})) as (url, _):
        usage = ask(model_at(url, tmp_path)).usage
    assert 8 <= usage.prompt_tokens <= 24
    assert 2 <= usage.completion_tokens <= 6


def events(*deltas: dict[str, Any], finish: str | None = "stop") -> list[Any]:
    chunks: list[Any] = [{"model": "scripted", "choices": [{"index": 0, "delta": delta}]} for delta in deltas]
    last = {"model": "scripted", "choices": [{"index": 0, "delta": {}, "finish_reason": finish}]}
    usage = {"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 2, "total_tokens": 11}}
    return [*chunks, last, usage, "[DONE]"]


def test_text_is_told_as_it_arrives(tmp_path: Path) -> None:
    heard: list[str] = []
    with scripted(Reply(events({"content": "pay"}, {"content": "ment"}))) as (url, asked):
        answer = ask(model_at(url, tmp_path), on_text=heard.append)
    assert heard == ["pay", "ment"]
    assert (answer.text, answer.finish, answer.usage.total) == ("payment", "stop", 11)
    assert asked[0]["stream_options"] == {"include_usage": True}


def test_a_streamed_call_is_put_together(tmp_path: Path) -> None:
    parts = [
        {"tool_calls": [{"index": 0, "id": "c7", "function": {"name": "traces", "arguments": '{"ser'}}]},
        {"tool_calls": [{"index": 0, "function": {"arguments": 'vice": "cart"}'}}]},
    ]
    with scripted(Reply(events(*parts, finish="tool_calls"))) as (url, _):
        answer = ask(model_at(url, tmp_path), tools=[TRACES], on_text=lambda text: None)
    assert answer.tool_calls == (ToolCall(id="c7", name="traces", arguments='{"service": "cart"}'),)


def test_a_stream_that_breaks_off_says_so(tmp_path: Path) -> None:
    with scripted(Reply(events({"content": "pay"})[:1])) as (url, _):
        answer = ask(model_at(url, tmp_path), on_text=lambda text: None)
    assert (answer.text, answer.finish) == ("pay", "error")


def test_an_answer_that_was_cut_off_is_not_paid_for_twice(tmp_path: Path) -> None:
    with scripted(said('{"service": "payment", "sure": 0.5, "mo', finish="length")) as (url, asked):
        answer = ask(model_at(url, tmp_path), schema=Cause)
    assert Cause.model_validate_json(answer.text) == Cause(service="payment", sure=0.5)
    assert answer.finish == "length"
    assert len(asked) == 1
