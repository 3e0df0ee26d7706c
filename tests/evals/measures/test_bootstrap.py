"""Bootstrap intervals."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.measures.bootstrap import mean_interval, median_interval


def test_interval_of_a_share_is_close_to_the_normal_one() -> None:
    interval = mean_interval([1.0] * 70 + [0.0] * 30)
    assert interval is not None
    half = 1.96 * (0.7 * 0.3 / 100) ** 0.5
    assert interval[0] == pytest.approx(0.7 - half, abs=0.02)
    assert interval[1] == pytest.approx(0.7 + half, abs=0.02)


def test_same_cases_give_the_same_interval() -> None:
    values = [0.0, 1.0, 1.0, 0.5]
    assert mean_interval(values) == mean_interval(values)


def test_no_cases_no_interval_and_no_spread_no_width() -> None:
    assert mean_interval([]) is None
    assert mean_interval([1.0] * 5) == (1.0, 1.0)


@given(st.lists(st.floats(-10, 10), min_size=2, max_size=30))
def test_interval_lies_within_the_values(values: list[float]) -> None:
    interval = mean_interval(values, draws=200)
    assert interval is not None
    assert min(values) - 1e-9 <= interval[0] <= interval[1] <= max(values) + 1e-9


def test_an_outlier_moves_the_mean_and_not_the_median() -> None:
    values = [1.0] * 20 + [100.0]
    mean, median = mean_interval(values), median_interval(values)
    assert mean is not None
    assert mean[1] > 5
    assert median == (1.0, 1.0)


@given(st.lists(st.floats(-10, 10), min_size=1, max_size=30))
def test_the_interval_of_a_median_lies_within_the_values(values: list[float]) -> None:
    interval = median_interval(values, draws=200)
    assert interval is not None
    assert min(values) <= interval[0] <= interval[1] <= max(values)
