"""Since when a rate is different."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tools.stats import strongest_since, two_proportion_effect


def effects_of(hits: list[int], n: list[int]) -> list[float]:
    """The effect from each bucket on, against 500 of 1,000."""
    return [two_proportion_effect(sum(hits[i:]), sum(n[i:]), 500, 1_000) for i in range(len(n))]


def test_healthy_minutes_before_a_change_are_cut_off() -> None:
    hits, n = [10, 11, 9, 10, 0, 0, 0, 0], [20] * 8
    found = strongest_since(effects_of(hits, n))
    assert found.start == 4
    assert abs(found.effect) > abs(effects_of(hits, n)[0])


def test_a_change_from_the_beginning_is_taken_whole() -> None:
    found = strongest_since(effects_of([0] * 8, [20] * 8))
    assert found.start == 0
    assert found.effect == effects_of([0] * 8, [20] * 8)[0]


def test_looking_often_has_its_price() -> None:
    """Without a change the effect stays a standard normal in its tails, though eight starts are tried."""
    random = np.random.default_rng(2)
    n = [40] * 8
    found = [strongest_since(effects_of(random.binomial(40, 0.5, 8).tolist(), n)).effect for _ in range(1_000)]
    assert np.mean(np.abs(found) > 3.0) < 0.01


def test_too_little_is_nothing() -> None:
    assert strongest_since([math.nan]).effect == 0.0
    assert strongest_since([math.nan, math.nan]).start == 0


@given(st.lists(st.floats(-50, 50), min_size=1, max_size=20))
def test_never_more_than_the_strongest_look_and_never_less_than_the_first(effects: list[float]) -> None:
    found = strongest_since(effects)
    assert abs(effects[0]) <= abs(found.effect) <= max(map(abs, effects))
    assert found.effect == 0 or math.copysign(1, found.effect) == math.copysign(1, effects[found.start])
