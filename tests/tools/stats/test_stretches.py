"""Stretches: how a healthy system varies between parts as long as the incident."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.stats import dispersion, inflation, spread_scale, stretch_ids, weighted_levels

BUCKET, SPAN = 10, 60


def ids_of(times: list[int]) -> list[int]:
    return [int(i) for i in stretch_ids(np.array(times, dtype=np.int64), BUCKET, SPAN)]


def test_stretches_are_no_longer_than_the_incident() -> None:
    assert ids_of(list(range(0, 150, 10))) == [0] * 6 + [1] * 6 + [2] * 3


def test_a_gap_begins_a_new_stretch() -> None:
    assert ids_of([0, 10, 20, 200, 210]) == [0, 0, 0, 1, 1]
    assert ids_of([]) == []


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=60, unique=True))
def test_every_stretch_fits_into_the_incident_and_ids_only_grow(ticks: list[int]) -> None:
    times = np.array(sorted(ticks), dtype=np.int64) * BUCKET
    ids = stretch_ids(times, BUCKET, SPAN)
    assert (np.diff(ids) >= 0).all()
    for stretch in np.unique(ids):
        inside = times[ids == stretch]
        assert inside[-1] + BUCKET - inside[0] <= SPAN


def test_levels_are_weighted_by_observations() -> None:
    ids = np.array([0, 0, 1])
    levels = weighted_levels(ids, np.array([10.0, 20.0, 7.0]), np.array([1.0, 3.0, 2.0]))
    assert levels.tolist() == [17.5, 7.0]


def test_a_level_that_rests_and_jumps_has_a_scale() -> None:
    jumps = np.array([0.0] * 18 + [10.0] * 2)
    assert spread_scale(jumps) == pytest.approx(10 / 3.29)
    assert spread_scale(np.array([3.0])) == 0.0


def test_chance_alone_has_no_dispersion() -> None:
    random = np.random.default_rng(7)
    ids = np.repeat(np.arange(40), 6)
    trials = np.full(ids.size, 50.0)
    found = [dispersion(ids, random.binomial(50, 0.3, ids.size).astype(float), trials) for _ in range(30)]
    assert np.mean(found) < 1.3


def test_rates_that_differ_between_stretches_are_dispersed() -> None:
    random = np.random.default_rng(8)
    ids = np.repeat(np.arange(40), 6)
    rates = np.repeat(random.uniform(0.1, 0.5, 40), 6)
    hits = random.binomial(50, rates).astype(float)
    assert dispersion(ids, hits, np.full(ids.size, 50.0)) > 5


@pytest.mark.parametrize("n", [0, 1])
def test_too_little_to_tell_is_one(n: int) -> None:
    assert dispersion(np.zeros(n, dtype=np.int64), np.zeros(n), np.ones(n)) == 1.0


@given(st.floats(1.0, 8.0))
def test_inflation_finds_how_much_too_wide_the_bulk_is(factor: float) -> None:
    random = np.random.default_rng(11)
    z = random.normal(0, factor, 4_000)
    z[:200] += 50  # a minority of true effects
    assert inflation(z) == pytest.approx(factor, rel=0.15)


def test_few_or_narrow_tests_are_not_inflated() -> None:
    assert inflation(np.full(10, 30.0)) == 1.0
    assert inflation(np.zeros(100)) == 1.0
