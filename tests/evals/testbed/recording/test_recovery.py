"""When the shop counts as well again."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import count
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.testbed.load.generator import Experience
from evals.testbed.recording import recovery
from evals.testbed.recording.recovery import GIVE_UP_SECONDS, LEAST_REQUESTS, WATCH_SECONDS, is_well, wait_until_well
from evals.testbed.system.testbed import DemoSystem

NOW = 1_700_000_000.0


def _requests(number: int, seconds: float = 0.1, status: int = 200, end: float = NOW) -> list[Experience]:
    step = WATCH_SECONDS / (number + 1)
    return [
        Experience(time_unix=end - step * n, route="GET /a", tenant="aurora", status=status, seconds=seconds)
        for n in range(1, number + 1)
    ]


USUAL = _requests(40, end=NOW - 100)


def test_served_as_usual_is_well() -> None:
    assert is_well(_requests(20), USUAL, NOW)


@pytest.mark.parametrize("status", [0, 500, 503])
def test_one_failure_is_not_well(status: int) -> None:
    assert not is_well(_requests(20) + _requests(1, status=status), USUAL, NOW)


def test_a_refusal_of_the_customers_own_making_is_well() -> None:
    assert is_well(_requests(20) + _requests(2, status=409), USUAL, NOW)


def test_a_slow_route_is_not_well() -> None:
    assert not is_well(_requests(20, seconds=0.3), USUAL, NOW)


def test_without_knowing_the_usual_only_failures_count() -> None:
    assert is_well(_requests(20, seconds=0.3), [], NOW)


def test_a_failure_long_ago_is_forgotten() -> None:
    assert is_well(_requests(20) + _requests(5, status=500, end=NOW - WATCH_SECONDS), USUAL, NOW)


@given(number=st.integers(0, LEAST_REQUESTS - 1))
def test_too_few_requests_say_nothing(number: int) -> None:
    assert not is_well(_requests(number), USUAL, NOW)


class _System:
    """A system whose journal is given, and one process of which may be down."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self.plan = self
        self.folder = None

    def order(self, do: str) -> dict[str, Any]:
        return {"processes": {"cart-1": {"pid": self._pid, "restarts": 0}}}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let waiting pass at once."""
    ticks = count()
    monkeypatch.setattr(time, "monotonic", lambda: float(next(ticks)))
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    monkeypatch.setattr(time, "time", lambda: NOW)
    monkeypatch.setattr(recovery, "read_journal", lambda folder: _requests(20))
    yield
    assert next(ticks) <= GIVE_UP_SECONDS + 2


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize(("pid", "since", "well"), [(7, 0.0, True), (0, 0.0, False), (7, NOW, False)])
def test_waiting_needs_requests_since_the_repair_and_every_process(pid: int, since: float, well: bool) -> None:
    assert wait_until_well(cast(DemoSystem, _System(pid)), USUAL, since) is well
