"""Histograms on numbers worked out by hand."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.otlp.decode.distributions import (
    ExponentialBuckets,
    explicit_buckets,
    histogram_point,
    mean_of,
    quantile_points,
)

NONE = ExponentialBuckets(0, [])


def test_the_mean_needs_observations_and_a_finite_sum() -> None:
    assert mean_of(10.0, 4) == 2.5
    assert mean_of(10.0, 0) is None
    assert mean_of(math.nan, 4) is None
    assert mean_of(math.inf, 4) is None
    assert mean_of(None, 4) is None


def test_scale_zero_doubles_from_bucket_to_bucket() -> None:
    # Bucket i covers (2^i, 2^(i+1)]: offset 1 and three counts give (2,4], (4,8], (8,16].
    assert explicit_buckets(0, 7, ExponentialBuckets(1, [10, 20, 30]), NONE) == (
        [7.0, 10.0, 20.0, 30.0, 0.0],
        [2.0, 4.0, 8.0, 16.0],
    )


def test_scale_one_has_two_buckets_a_doubling() -> None:
    found = explicit_buckets(1, 0, ExponentialBuckets(-2, [1, 1]), NONE)
    assert found is not None
    assert found[1] == pytest.approx([0.5, math.sqrt(0.5), 1.0])


def test_negative_buckets_mirror_the_positive_ones() -> None:
    assert explicit_buckets(0, 5, ExponentialBuckets(0, [2]), ExponentialBuckets(0, [3, 4])) == (
        [0.0, 4.0, 3.0, 5.0, 2.0, 0.0],
        [-4.0, -2.0, -1.0, 1.0, 2.0],
    )


def test_only_zeros_is_one_bucket() -> None:
    assert explicit_buckets(20, 9, NONE, NONE) == ([9.0], [])


@pytest.mark.parametrize("scale", [-(2**31), -11, 2**31 - 1])
def test_a_bound_beyond_a_float_gives_no_buckets_or_finite_ones(scale: int) -> None:
    found = explicit_buckets(scale, 0, ExponentialBuckets(5, [1, 2]), NONE)
    assert found is None or all(math.isfinite(bound) for bound in found[1])


@given(
    scale=st.integers(-10, 20),
    zeros=st.integers(0, 10**6),
    positive=st.tuples(st.integers(-200, 200), st.lists(st.integers(0, 10**6), max_size=20)),
    negative=st.tuples(st.integers(-200, 200), st.lists(st.integers(0, 10**6), max_size=20)),
)
def test_no_observation_is_lost_and_bounds_ascend(
    scale: int, zeros: int, positive: tuple[int, list[int]], negative: tuple[int, list[int]]
) -> None:
    found = explicit_buckets(scale, zeros, ExponentialBuckets(*positive), ExponentialBuckets(*negative))
    if found is not None:
        counts, bounds = found
        assert len(counts) == len(bounds) + 1
        assert sum(counts) == zeros + sum(positive[1]) + sum(negative[1])
        assert bounds == sorted(bounds)


def test_counts_that_do_not_fit_their_bounds_are_left_out() -> None:
    point = histogram_point((2, 1), {}, 3, 6.0, ([1, 2], [1.0, 2.0, 3.0]))
    assert (point.value, point.observations, point.bucket_counts, point.explicit_bounds) == (2.0, 3.0, None, None)


def test_quantiles_of_a_summary_are_told_apart_by_an_attribute() -> None:
    points = quantile_points((2, 1), {"route": "/"}, [(0.5, 10.0), (0.99, 80.0)])
    assert [(point.attributes, point.value) for point in points] == [
        ({"route": "/", "quantile": "0.5"}, 10.0),
        ({"route": "/", "quantile": "0.99"}, 80.0),
    ]
