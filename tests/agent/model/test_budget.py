"""Budgets: hard, counted by what is charged, and in words when they are used up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.model import Budget, Limits, Usage
from tools.config import ModelSettings

AMPLE = Limits(tokens=1_000, calls=10, seconds=60.0, money=1.0)


def test_limits_come_from_settings() -> None:
    settings = ModelSettings(budget_tokens=7, budget_calls=3, budget_seconds=1.5, budget_money=0.25)
    assert Limits.of(settings) == Limits(tokens=7, calls=3, seconds=1.5, money=0.25)


def test_nothing_is_exhausted_at_the_beginning() -> None:
    budget = Budget(AMPLE)
    assert budget.exhausted() is None
    assert budget.remaining() == AMPLE


def test_money_is_tokens_times_their_price_per_million() -> None:
    budget = Budget(AMPLE, prompt_price=2.0, completion_price=10.0)
    budget.charge(Usage(prompt_tokens=100_000, completion_tokens=20_000), seconds=3.0)
    assert budget.money == pytest.approx(0.2 + 0.2)
    assert budget.remaining().money == pytest.approx(0.6)
    assert budget.remaining().seconds == pytest.approx(57.0)


@pytest.mark.parametrize(
    ("usage", "seconds", "calls", "reason"),
    [
        (Usage(prompt_tokens=900, completion_tokens=100), 1.0, 1, "the limit of 1,000 tokens is used up"),
        (Usage(), 1.0, 10, "the limit of 10 calls is used up"),
        (Usage(), 60.0, 1, "the limit of 60 seconds is used up"),
        (Usage(prompt_tokens=500), 1.0, 1, "the limit of 1 in money is used up"),
    ],
)
def test_each_limit_ends_it_alone(usage: Usage, seconds: float, calls: int, reason: str) -> None:
    budget = Budget(AMPLE, prompt_price=2_000.0)
    budget.charge(usage, seconds, calls)
    assert budget.exhausted() == reason


def test_without_prices_money_is_no_limit() -> None:
    assert Budget(Limits(tokens=1, calls=1, seconds=1.0, money=0.0)).exhausted() is None


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500), st.floats(0, 30)), max_size=8))
def test_what_is_left_and_what_is_spent_make_the_limit(charges: list[tuple[int, int, float]]) -> None:
    budget = Budget(AMPLE)
    for prompt, completion, seconds in charges:
        budget.charge(Usage(prompt_tokens=prompt, completion_tokens=completion), seconds)
    left = budget.remaining()
    assert left.tokens == max(0, AMPLE.tokens - sum(p + c for p, c, _ in charges))
    assert left.calls == AMPLE.calls - len(charges)
    assert left.seconds == pytest.approx(max(0.0, AMPLE.seconds - sum(s for _, _, s in charges)))
    assert (budget.exhausted() is None) == (left.tokens > 0 and left.calls > 0 and left.seconds > 0)
