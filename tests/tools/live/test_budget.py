from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tools.live.budget import Budget


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_thinking_between_questions_costs_nothing() -> None:
    clock = Clock()
    budget = Budget(10, clock)
    with budget.waiting():
        clock.now += 3
    clock.now += 1000
    assert budget.remaining() == 7


def test_requests_at_the_same_time_cost_once() -> None:
    clock = Clock()
    budget = Budget(10, clock)
    with budget.waiting(), budget.waiting():
        clock.now += 4
        assert budget.remaining() == 6
    assert budget.remaining() == 6


def test_it_is_never_negative() -> None:
    clock = Clock()
    budget = Budget(1, clock)
    with budget.waiting():
        clock.now += 5
    assert budget.remaining() == 0


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 100)), max_size=20))
def test_spent_time_is_the_sum_of_waiting(steps: list[tuple[bool, float]]) -> None:
    clock = Clock()
    budget = Budget(1e6, clock)
    spent = 0.0
    for waits, seconds in steps:
        if waits:
            with budget.waiting():
                clock.now += seconds
            spent += seconds
        else:
            clock.now += seconds
    assert abs(1e6 - budget.remaining() - spent) < 1e-6
