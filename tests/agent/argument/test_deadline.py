"""A deadline that holds whatever a call waits for."""

import threading
import time

import pytest

from agent.argument.deadline import within
from tools.errors import ModelError, ModelTimeoutError


def test_a_call_in_time_gives_its_result() -> None:
    assert within(5, lambda: 42) == 42


def test_a_call_that_never_returns_is_left_behind() -> None:
    gate = threading.Event()
    began = time.monotonic()
    with pytest.raises(ModelTimeoutError, match=r"has not answered within 0\.05 s"):
        within(0.05, lambda: gate.wait(30))
    assert time.monotonic() - began < 2
    gate.set()


def test_what_a_call_raises_is_raised() -> None:
    def fail() -> None:
        raise ModelError("no", "")

    with pytest.raises(ModelError, match="no"):
        within(5, fail)


def test_a_result_of_none_is_a_result() -> None:
    assert within(5, lambda: None) is None
