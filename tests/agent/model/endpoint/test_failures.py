"""What can go wrong at an endpoint: each in our own terms, in one line, within the time given."""

from __future__ import annotations

import socket
import time
from pathlib import Path
from typing import Any

import pytest

from agent.model import ChatRequest, Completion, Message
from agent.model.endpoint import EndpointModel, deadline
from tests.agent.model.endpoint.scripted import Reply, model_at, refused, said, scripted
from tools.errors import (
    ModelAccessError,
    ModelAnswerError,
    ModelError,
    ModelOverflowError,
    ModelRateLimitError,
    ModelRefusedError,
    ModelTimeoutError,
    ModelUnreachableError,
)

OVERFLOW = "This model's maximum context length is 8192 tokens"


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Do not wait between repeats; return how long each wait would have been."""
    waited: list[float] = []
    monkeypatch.setattr(deadline, "sleep", waited.append)
    return waited


def ask(model: EndpointModel, **more: Any) -> Completion:
    return model.complete(ChatRequest([Message(role="user", content="Hi")], **{"max_tokens": 5, "seconds": 10, **more}))


@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        (refused("bad key", 401), ModelAccessError, "WHYDOWN_MODEL__KEY"),
        (refused("no access", 403), ModelAccessError, "WHYDOWN_MODEL__KEY"),
        (refused("no such model", 404), ModelRefusedError, "does not know the model 'scripted'"),
        (refused(OVERFLOW, code="context_length_exceeded"), ModelOverflowError, "model.prompt_tokens"),
        (refused("too large", type="exceed_context_size_error"), ModelOverflowError, "model.prompt_tokens"),
        (refused("role must be user"), ModelRefusedError, "role must be user"),
        (refused("slow down", 429), ModelRateLimitError, "limits the rate"),
        (refused("oh", 500), ModelUnreachableError, "status 500"),
        (Reply("<html>hello</html>"), ModelAnswerError, "/v1"),
        (Reply({"choices": "none"}), ModelAnswerError, "/v1"),
        (Reply("<html>gone</html>", 404), ModelRefusedError, "does not know"),
    ],
)
def test_failures_are_named(tmp_path: Path, reply: Reply, kind: type[ModelError], words: str) -> None:
    with scripted(reply) as (url, _), pytest.raises(kind, match=words) as caught:
        ask(model_at(url, tmp_path))
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    "reply",
    [
        refused("The model `scripted` does not exist", 404, type="invalid_request_error", code="model_not_found"),
        refused("The model `scripted` does not exist.", 404, type="NotFoundError", code=404),
        refused('model "scripted" not found, try pulling it first', 404, type="api_error", code=None),
    ],
    ids=["OpenAI", "vLLM", "Ollama"],
)
def test_a_model_that_an_endpoint_does_not_know(tmp_path: Path, reply: Reply) -> None:
    """Written by hand in the form that each server documents: llama.cpp, which is recorded, answers any name."""
    with scripted(reply) as (url, asked), pytest.raises(ModelRefusedError, match="does not know the model") as caught:
        ask(model_at(url, tmp_path))
    assert "'scripted'" in str(caught.value)
    assert "not" in caught.value.remedy
    assert len(asked) == 1


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_may_pass_is_tried_again(tmp_path: Path, status: int, waits: list[float]) -> None:
    with scripted(refused("later", status), refused("later", status), said("fine")) as (url, asked):
        assert ask(model_at(url, tmp_path)).text == "fine"
    assert len(asked) == 3
    assert waits == [0.5, 1.0]


def test_the_endpoint_may_say_how_long_to_wait(tmp_path: Path, waits: list[float]) -> None:
    with scripted(Reply({"error": {}}, 429, {"retry-after": "3"}), said("fine")) as (url, _):
        ask(model_at(url, tmp_path))
    assert waits == [3.0]


def test_no_wait_outlasts_the_deadline(tmp_path: Path, waits: list[float]) -> None:
    with (
        scripted(Reply({"error": {}}, 429, {"retry-after": "3600"})) as (url, asked),
        pytest.raises(ModelRateLimitError),
    ):
        ask(model_at(url, tmp_path))
    assert (len(asked), waits) == (1, [])


def test_an_empty_account_is_not_asked_again(tmp_path: Path) -> None:
    with scripted(refused("quota", 429, code="insufficient_quota")) as (url, asked), pytest.raises(ModelRateLimitError):
        ask(model_at(url, tmp_path))
    assert len(asked) == 1


def test_repeats_can_be_switched_off(tmp_path: Path) -> None:
    with scripted(refused("later", 503)) as (url, asked), pytest.raises(ModelUnreachableError):
        ask(model_at(url, tmp_path, retries=0))
    assert len(asked) == 1


def test_nobody_listens(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
    with pytest.raises(ModelUnreachableError, match="cannot be reached"):
        ask(model_at(url, tmp_path))


def test_a_server_that_hangs_is_left_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    began = time.monotonic()
    with scripted(Reply("", pause=1.5)) as (url, _), pytest.raises(ModelTimeoutError):
        ask(model_at(url, tmp_path), seconds=0.4)
    assert time.monotonic() - began < 3.0  # the server thread sleeps its second to the end


def test_a_stream_that_drips_is_left_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    piece = {"choices": [{"index": 0, "delta": {"content": "x"}}]}
    with scripted(Reply([piece] * 40, pause=0.1)) as (url, _), pytest.raises(ModelTimeoutError, match="within"):
        ask(model_at(url, tmp_path), seconds=0.5, on_text=lambda text: None)


def test_an_error_in_the_middle_of_a_stream(tmp_path: Path) -> None:
    piece = {"choices": [{"index": 0, "delta": {"content": "x"}}]}
    with scripted(Reply([piece, {"error": {"message": "out of memory"}}])) as (url, _), pytest.raises(ModelError):
        ask(model_at(url, tmp_path), on_text=lambda text: None)


def test_a_rate_limit_in_the_middle_of_a_stream(tmp_path: Path) -> None:
    piece = {"choices": [{"index": 0, "delta": {"content": "x"}}]}
    limit = {"error": {"message": "slow down", "type": "rate_limit_error"}}
    with scripted(Reply([piece, limit])) as (url, _), pytest.raises(ModelRateLimitError, match="in mid-answer"):
        ask(model_at(url, tmp_path), on_text=lambda text: None)
