"""The shift of a distribution: its median or its 90th percentile."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.builders import ns, window
from tools.analysers.quantile_shift import (
    ABSOLUTE_FLOOR_NS,
    MIN_SPANS,
    RELATIVE_FLOOR,
    Shift,
    enough,
    level_floor,
    pooled_variation,
    quantile_shift,
)
from tools.sources.rows import Buckets, Spread, Two
from tools.window import Scope

SCOPE = Scope.of(window(300, 420), [window(0, 300)])
MS = 1e6


def sample(count: int, seed: int) -> NDArray[np.float64]:
    """Return durations of 10 ms in the median, ns."""
    return 10 * MS * np.random.default_rng(seed).lognormal(0, 0.2, count)


def spread(values: NDArray[np.float64], base: NDArray[np.float64]) -> Spread:
    """Return quantiles and counts above the baseline's quantiles."""
    p25, p50, p75, p90, p99 = np.quantile(values, [0.25, 0.5, 0.75, 0.9, 0.99]).tolist()
    above = [int((values > np.quantile(base, q)).sum()) for q in (0.5, 0.9)]
    return Spread(values.size, float(values.mean()), p25, p50, p75, p90, p99, above[0], above[1])


def buckets(values: NDArray[np.float64], start: float) -> Buckets:
    """Cut values into buckets of ten seconds."""
    parts = np.array_split(values, values.size // 10)
    times = np.array([ns(start + 10 * i) for i in range(len(parts))], dtype=np.int64)
    p50, p90 = (np.array([float(np.quantile(part, q)) for part in parts]) for q in (0.5, 0.9))
    return Buckets(times, np.array([float(part.size) for part in parts]), p50, p90)


def shift(before: NDArray[np.float64], after: NDArray[np.float64], pooled: float = 0.0) -> Shift:
    spreads = Two(spread(before, before), spread(after, before))
    return quantile_shift(spreads, Two(buckets(before, 0), buckets(after, 300)), SCOPE, pooled)


def test_a_floor_under_all_durations_is_told_by_the_median() -> None:
    found = shift(sample(300, 1), np.maximum(sample(120, 2), 12.5 * MS))
    assert found.quantile == "median"
    assert found.baseline == pytest.approx(10 * MS, rel=0.05)
    assert found.incident == pytest.approx(12.5 * MS)
    assert found.effect > 2
    assert found.certainty > 5
    assert found.onset() == ns(300)


def test_a_slowdown_of_all_is_dated_where_it_begins() -> None:
    after = sample(120, 2)
    after[50:] *= 3
    found = shift(sample(300, 1), after)
    assert found.effect > 5
    assert found.onset() == ns(350)


def test_a_slow_minority_is_told_by_the_90th_percentile() -> None:
    after = sample(120, 2)
    after[::4] *= 10
    found = shift(sample(300, 1), after)
    assert found.quantile == "p90"
    assert found.words().endswith("(p90)")
    assert found.effect > 2
    assert [sample.ref for sample in found.samples()] == ["p90 per bucket", "median per bucket"]


@pytest.mark.parametrize("seed", range(5))
def test_the_same_distribution_hardly_moves(seed: int) -> None:
    found = shift(sample(300, seed), sample(120, 100 + seed))
    assert min(abs(found.effect), abs(found.certainty)) < 3


@settings(max_examples=50, deadline=None)
@given(st.floats(1.2, 20), st.booleans(), st.integers(0, 50))
def test_the_sign_is_that_of_the_change(factor: float, faster: bool, seed: int) -> None:
    by = 1 / factor if faster else factor
    found = shift(sample(300, seed), sample(120, seed + 1) * by)
    assert np.sign(found.effect) == np.sign(found.certainty) == np.sign(found.incident - found.baseline)
    assert (found.effect < 0) == faster
    assert ("fell from" in found.words()) == faster


@settings(max_examples=50, deadline=None)
@given(st.floats(1.5, 20), st.floats(0, 3), st.floats(0, 3))
def test_more_pooled_variation_never_strengthens_a_short_baseline(factor: float, one: float, two: float) -> None:
    before, after = sample(100, 3), sample(120, 4) * factor
    low, high = (abs(shift(before, after, pooled).effect) for pooled in sorted((one, two)))
    assert high <= low or high == pytest.approx(low)


@settings(max_examples=50, deadline=None)
@given(st.floats(0, 1e12))
def test_the_floor_is_relative_and_absolute(level: float) -> None:
    assert level_floor(level) == max(level * RELATIVE_FLOOR, ABSOLUTE_FLOOR_NS)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 9), st.integers(0, 9))
def test_enough_needs_both_windows(before: int, after: int) -> None:
    assert enough(Two(Spread(before), Spread(after))) == (min(before, after) >= MIN_SPANS)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(1, 1e9), max_size=20), st.floats(0.1, 10))
def test_what_moves_all_alike_is_no_variation(levels: list[float], factor: float) -> None:
    spreads = [Two(Spread(9, p50=level), Spread(9, p50=level * factor)) for level in levels]
    assert pooled_variation(spreads) == pytest.approx(0.0, abs=1e-9)


def test_pooled_variation_passes_over_what_cannot_be_compared() -> None:
    odd = [Two(Spread(1, p50=1.0), Spread(9, p50=99.0)), Two(Spread(9, p50=0.0), Spread(9, p50=99.0))]
    assert pooled_variation(odd) == 0.0
