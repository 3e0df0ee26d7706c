"""Stretches: how a healthy system varies between parts as long as the incident."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.stats import calm_rate, inflation, spread_scale, stretch_ids, weighted_levels

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


def binomial(seed: int, rates: np.ndarray, n: int = 50) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Six buckets a stretch, one rate a stretch."""
    random = np.random.default_rng(seed)
    ids = np.repeat(np.arange(rates.size), 6)
    return ids, random.binomial(n, np.repeat(rates, 6)).astype(float), np.full(ids.size, float(n))


def test_chance_alone_has_no_dispersion() -> None:
    found = [calm_rate(*binomial(seed, np.full(40, 0.3))) for seed in range(30)]
    assert np.mean([calm.dispersion for calm in found]) < 1.3
    assert np.mean([calm.hits / calm.trials for calm in found]) == pytest.approx(0.3, abs=0.01)


def test_rates_that_differ_between_stretches_are_dispersed() -> None:
    rates = np.random.default_rng(8).uniform(0.1, 0.5, 40)
    assert calm_rate(*binomial(8, rates)).dispersion > 5


def test_the_tail_of_an_earlier_incident_hides_nothing() -> None:
    rates = np.full(15, 0.05)
    clean = calm_rate(*binomial(3, rates))
    rates[[4, 5]] = 0.95
    contaminated = calm_rate(*binomial(3, rates))
    assert contaminated.hits / contaminated.trials == pytest.approx(clean.hits / clean.trials, abs=0.01)
    assert contaminated.dispersion < 2.0


def test_what_a_third_of_the_stretches_do_is_no_exception() -> None:
    rates = np.where(np.arange(15) % 3 == 0, 0.95, 0.05)
    assert calm_rate(*binomial(3, rates)).dispersion > 20


def test_up_to_four_stretches_all_count() -> None:
    ids, hits, trials = binomial(3, np.array([0.1, 0.1, 0.1, 0.9]))
    assert calm_rate(ids, hits, trials).trials == trials.sum()


@pytest.mark.parametrize("n", [0, 1])
def test_too_little_to_tell_is_not_dispersed(n: int) -> None:
    assert calm_rate(np.zeros(n, dtype=np.int64), np.zeros(n), np.ones(n)).dispersion == 1.0


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 40)), min_size=1, max_size=30))
def test_calm_part_is_part_of_the_whole(counts: list[tuple[int, int]]) -> None:
    hits = np.array([min(hit, n) for hit, n in counts], dtype=np.float64)
    trials = np.array([n for _, n in counts], dtype=np.float64)
    calm = calm_rate(np.arange(len(counts)), hits, trials)
    assert 0 <= calm.hits <= hits.sum()
    assert trials.sum() >= calm.trials > 0
    assert calm.hits <= calm.trials
    assert np.isfinite(calm.dispersion)
    assert calm.dispersion >= 1.0


def test_more_events_than_opportunities_are_judged_as_counts() -> None:
    random = np.random.default_rng(5)
    ids = np.arange(40)
    lines = random.poisson(30, 40).astype(float)
    assert calm_rate(ids, lines, np.full(40, 10.0)).dispersion < 2.0


@given(st.floats(1.0, 8.0))
def test_inflation_finds_how_much_too_wide_the_bulk_is(factor: float) -> None:
    random = np.random.default_rng(11)
    z = random.normal(0, factor, 4_000)
    z[:200] += 50  # a minority of true effects
    assert inflation(z) == pytest.approx(factor, rel=0.15)


def test_few_or_narrow_tests_are_not_inflated() -> None:
    assert inflation(np.full(10, 30.0)) == 1.0
    assert inflation(np.zeros(100)) == 1.0
