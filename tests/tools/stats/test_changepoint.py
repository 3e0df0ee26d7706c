"""Onset: planted shifts are found where they were planted."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tools.stats import cusum_onset


def times(n: int) -> NDArray[np.int64]:
    return np.arange(n, dtype=np.int64) * 10


def test_a_step_is_found_at_its_first_point() -> None:
    values = np.array([0.0, 0, 0, 5, 5, 5])
    assert cusum_onset(times(6), values, level=0, scale=1, direction=1) == 30


def test_a_drop_is_found_when_looked_for() -> None:
    values = np.array([0.0, 0, -5, -5])
    assert cusum_onset(times(4), values, level=0, scale=1, direction=-1) == 20
    assert cusum_onset(times(4), values, level=0, scale=1, direction=1) is None


def test_a_lone_spike_does_not_hide_a_later_lasting_shift() -> None:
    values = np.array([0.0, 3, 0, 0, 0, 0, 0, 4, 4, 4, 4])
    assert cusum_onset(times(11), values, level=0, scale=1, direction=1) == 70


def test_onset_is_the_first_point_when_all_are_shifted() -> None:
    assert cusum_onset(times(3), np.array([9.0, 9, 9]), level=0, scale=1, direction=1) == 0


@pytest.mark.parametrize("values", [[], [np.nan, np.nan], [0.0, 0.4, -0.4]])
def test_nothing_beyond_the_allowance_has_no_onset(values: list[float]) -> None:
    assert cusum_onset(times(len(values)), np.array(values), level=0, scale=1, direction=1) is None


def test_gaps_are_passed_over() -> None:
    values = np.array([0.0, np.nan, 5, np.nan, 5])
    assert cusum_onset(times(5), values, level=0, scale=1, direction=1) == 20


@given(
    st.lists(st.floats(-0.4, 0.4), min_size=50, max_size=50),
    st.integers(0, 49),
    st.sampled_from([-1.0, 1.0]),
    st.floats(1, 12),
)
def test_a_shift_planted_in_small_noise_is_dated_exactly(noise: list[float], at: int, sign: float, size: float) -> None:
    values = np.array(noise)
    values[at:] += sign * size
    assert cusum_onset(times(50), values, level=0, scale=1, direction=sign) == at * 10


def test_a_shift_planted_in_normal_noise_is_dated_within_two_points() -> None:
    random = np.random.default_rng(5)
    missed = []
    for _ in range(400):
        values, at = random.normal(0, 1, 60), int(random.integers(10, 50))
        values[at:] += 3
        onset = cusum_onset(times(60), values, level=0, scale=1, direction=1)
        missed.append(onset is None or abs(onset // 10 - at) > 2)
    assert np.mean(missed) < 0.1


@given(st.integers(0, 2**32 - 1), st.floats(0.01, 1e6), st.floats(-1e6, 1e6))
def test_onset_does_not_depend_on_unit_or_level(seed: int, unit: float, shift: float) -> None:
    values = np.random.default_rng(seed).normal(0, 2, 30)
    plain = cusum_onset(times(30), values, level=0, scale=1, direction=1)
    assert cusum_onset(times(30), values * unit + shift, level=shift, scale=unit, direction=1) in {
        plain,
        *_near_ties(values),
    }


def _near_ties(values: NDArray[np.float64]) -> list[int]:
    """Rounding may move an onset where the sum of exceedances is zero to the last digit."""
    total, ties = 0.0, []
    for index, value in enumerate(values.tolist()):
        if abs(total) < 1e-6:
            ties.append(index * 10)
        total = max(0.0, total + value - 0.5)
    return ties
