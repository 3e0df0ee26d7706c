"""Exchanges with a real model, recorded: the wire is llama.cpp's, the answers are the model's own.

Every recording was made by Qwen2.5-Coder-1.5B-Instruct (Q4_K_M, called `qwen-1.5b`) in llama.cpp's server with
temperature 0. CI replays them with the network blocked. The server on port 18081 asked for no key and had a context
of 8,192 tokens, the one on port 18082 asked for one and had a context of 512.

To record anew, serve the model on both ports and run `pytest --record-mode=rewrite` on this file.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import BaseModel

from agent.model import ChatRequest, Completion, Message, ToolSpec
from agent.model.endpoint import EndpointModel
from tests.agent.model.endpoint.scripted import model_at
from tools.errors import ModelAccessError, ModelAnswerError, ModelOverflowError, ModelRefusedError

pytestmark = [pytest.mark.vcr, pytest.mark.block_network]

OPEN, GUARDED = "http://127.0.0.1:18081/v1", "http://127.0.0.1:18082/v1"
TRACES = ToolSpec(
    name="traces",
    description="Show the slowest spans of a service.",
    parameters={"type": "object", "properties": {"service": {"type": "string"}}, "required": ["service"]},
)
ASK = [
    Message(role="system", content="You help an engineer. Be brief."),
    Message(role="user", content="Look at the slowest spans of the service payment."),
]


class Cause(BaseModel):
    """What a model is asked for."""

    service: str
    kind: Literal["slow code", "network", "memory"]


def qwen(folder: Path, url: str = OPEN, **settings: Any) -> EndpointModel:
    """Return the recorded model; its abilities are found out unless `able` says them."""
    return model_at(url, folder, **{"able": None, "model": "qwen-1.5b", "retries": 0, **settings})


def ask(model: EndpointModel, messages: list[Message], **more: Any) -> Completion:
    return model.complete(ChatRequest(messages, **{"max_tokens": 60, "seconds": 100, **more}))


def calls(answer: Completion) -> list[tuple[str, Any]]:
    return [(call.name, json.loads(call.arguments)) for call in answer.tool_calls]


def test_an_answer_with_its_usage(tmp_path: Path) -> None:
    answer = ask(qwen(tmp_path), [Message(role="user", content="Say hello in one word.")], max_tokens=8)
    assert "hello" in answer.text.casefold()
    assert (answer.finish, answer.model) == ("stop", "qwen-1.5b")
    assert answer.usage.prompt_tokens > 10
    assert answer.usage.completion_tokens > 0


def test_a_stream_gives_the_text_in_pieces_and_usage_at_the_end(tmp_path: Path) -> None:
    heard: list[str] = []
    told = [Message(role="user", content="Name three kinds of trouble with a database, in one line.")]
    answer = ask(qwen(tmp_path), told, max_tokens=30, on_text=heard.append)
    assert len(heard) > 5
    assert "".join(heard) == answer.text != ""
    assert answer.usage.completion_tokens >= len(heard)


def test_a_tool_is_called_and_its_result_read(tmp_path: Path) -> None:
    model = qwen(tmp_path)
    asked = ask(model, ASK, tools=[TRACES])
    assert model.abilities.tools is True
    assert [(call.name, json.loads(call.arguments)) for call in asked.tool_calls] == [
        ("traces", {"service": "payment"})
    ]
    turns = [
        *ASK,
        Message(role="assistant", content=asked.text, tool_calls=asked.tool_calls),
        Message(role="tool", content="POST /charge 871 ms, before 45 ms", tool_call_id=asked.tool_calls[0].id),
        Message(role="user", content="Which operation is slow?"),
    ]
    assert "charge" in ask(model, turns).text


def test_a_streamed_tool_call_is_whole(tmp_path: Path) -> None:
    answer = ask(qwen(tmp_path, able=True), ASK, tools=[TRACES], on_text=lambda text: None)
    assert json.loads(answer.tool_calls[0].arguments) == {"service": "payment"}
    assert answer.finish == "tool_calls"


def test_an_answer_has_the_form_of_a_schema(tmp_path: Path) -> None:
    model = qwen(tmp_path)
    told = [Message(role="user", content="The code of payment waits for a lock, since a deploy. What is the cause?")]
    answer = ask(model, told, schema=Cause)
    assert model.abilities.json_schema is True
    assert Cause.model_validate_json(answer.text).kind in {"slow code", "network", "memory"}


def test_a_tight_limit_cuts_json_off_twice_and_the_error_says_so(tmp_path: Path) -> None:
    told = [Message(role="user", content="The code of payment waits for a lock. What is the cause?")]
    with pytest.raises(ModelAnswerError, match="cut off at the limit") as caught:
        ask(qwen(tmp_path, able=True), told, schema=Cause, max_tokens=6)
    assert caught.value.completion_tokens == 12
    assert caught.value.prompt_tokens > 60


def test_the_same_model_driven_by_plain_json(tmp_path: Path) -> None:
    answer = ask(qwen(tmp_path, able=False), ASK, tools=[TRACES])
    assert [(call.name, json.loads(call.arguments)) for call in answer.tool_calls] == [
        ("traces", {"service": "payment"})
    ]


def test_a_schema_in_plain_words(tmp_path: Path) -> None:
    told = [Message(role="user", content="The code of payment waits for a lock, since a deploy. What is the cause?")]
    answer = ask(qwen(tmp_path, able=False), told, schema=Cause)
    assert Cause.model_validate_json(answer.text).service


def test_a_prompt_longer_than_the_context(tmp_path: Path) -> None:
    told = [Message(role="user", content="lock " * 700)]
    with pytest.raises(ModelOverflowError, match=r"lower model\.prompt_tokens"):
        ask(qwen(tmp_path, GUARDED, key="right-key"), told)


@pytest.mark.parametrize("key", ["", "wrong-key"])
def test_a_key_that_is_missing_or_wrong(tmp_path: Path, key: str) -> None:
    with pytest.raises(ModelAccessError, match="WHYDOWN_MODEL__KEY"):
        ask(qwen(tmp_path, GUARDED, key=key), [Message(role="user", content="Hi")])


def test_an_address_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(ModelRefusedError):
        ask(qwen(tmp_path, OPEN.replace("v1", "v2")), [Message(role="user", content="Hi")])


def test_the_server_lists_its_model_and_answers_under_any_name(tmp_path: Path) -> None:
    """llama.cpp does not look at the name, so `whydown doctor` compares it with the list."""
    from agent.model.endpoint.deadline import Deadline

    model = qwen(tmp_path, model="no-such-model")
    assert ask(model, [Message(role="user", content="Hi")], max_tokens=3).model == "qwen-1.5b"
    assert model.listed(Deadline(5)) == ["qwen-1.5b"]


def test_cassettes_hold_neither_keys_nor_places() -> None:
    folder = Path(__file__).parent / "cassettes" / "test_recorded"
    written = "".join(path.read_text() for path in folder.glob("*.yaml"))
    assert len(list(folder.glob("*.yaml"))) >= 12
    assert not [
        word for word in ("right-key", "wrong-key", "uthorization", "/root", "/home", "user-agent") if word in written
    ]
