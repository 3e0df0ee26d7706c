"""Deadlines hold over all attempts together."""

from __future__ import annotations

import httpx2
import openai
import pytest

from agent.model.endpoint import deadline
from agent.model.endpoint.deadline import Deadline, patiently
from tools.errors import ModelTimeoutError

REQUEST = httpx2.Request("POST", "http://127.0.0.1:9/v1")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return a clock that a test, and every wait, moves on."""
    now = [100.0]
    monkeypatch.setattr(deadline, "monotonic", lambda: now[0])
    monkeypatch.setattr(deadline, "sleep", lambda seconds: now.__setitem__(0, now[0] + seconds))
    return now


def broken() -> openai.APIConnectionError:
    return openai.APIConnectionError(request=REQUEST)


def test_each_attempt_gets_what_is_left_at_most(clock: list[float]) -> None:
    given: list[float] = []

    def ask(seconds: float) -> str:
        given.append(seconds)
        clock[0] += 3.0
        if len(given) < 3:
            raise broken()
        return "fine"

    assert patiently(ask, retries=5, most=6.0, deadline=Deadline(10.0)) == "fine"
    assert given == [6.0, 6.0, pytest.approx(10.0 - 2 * 3.0 - 0.5 - 1.0)]


def test_after_the_deadline_nothing_is_asked(clock: list[float]) -> None:
    end = Deadline(2.0)
    clock[0] += 2.0
    with pytest.raises(ModelTimeoutError, match="within 2 seconds"):
        patiently(lambda seconds: "never", retries=1, most=9.0, deadline=end)


def test_waits_grow_to_a_limit_and_the_last_failure_is_told(clock: list[float]) -> None:
    began = clock[0]

    def ask(seconds: float) -> str:
        raise broken()

    with pytest.raises(openai.APIConnectionError):
        patiently(ask, retries=6, most=9.0, deadline=Deadline(1_000.0))
    assert clock[0] - began == 0.5 + 1 + 2 + 4 + 8 + 8


def test_what_a_repeat_cannot_mend_is_told_at_once(clock: list[float]) -> None:
    asked: list[float] = []

    def ask(seconds: float) -> str:
        asked.append(seconds)
        raise openai.BadRequestError("no", response=httpx2.Response(400, request=REQUEST), body=None)

    with pytest.raises(openai.BadRequestError):
        patiently(ask, retries=6, most=9.0, deadline=Deadline(1_000.0))
    assert len(asked) == 1
