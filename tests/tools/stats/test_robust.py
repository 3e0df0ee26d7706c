"""Effect sizes: worked by hand, then the symmetries they must have."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tools.stats import (
    effect_size,
    median,
    moderated_scale,
    poisson_rate_effect,
    robust_scale,
    two_proportion_effect,
)

levels = st.floats(-1e6, 1e6)
scales = st.floats(1e-3, 1e6)
counts = st.integers(0, 10_000)
samples = st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=40).map(lambda values: np.array(values))


def test_scale_of_a_known_sample() -> None:
    # median 3, absolute deviations 2 1 0 1 97, their median 1
    assert robust_scale(np.array([1.0, 2.0, 3.0, 4.0, 100.0])) == pytest.approx(1.4826)


def test_scale_of_a_normal_sample_is_its_standard_deviation() -> None:
    sample = np.random.default_rng(7).normal(10, 2, 20_000)
    assert robust_scale(sample) == pytest.approx(2, rel=0.03)


@pytest.mark.parametrize("values", [[], [5.0], [5.0, 5.0, 5.0]])
def test_no_variation_has_no_scale(values: list[float]) -> None:
    assert robust_scale(np.array(values)) == 0.0


@given(samples, st.floats(-1e6, 1e6), st.floats(0.01, 100))
def test_scale_ignores_shifts_and_follows_units(values: NDArray[np.float64], shift: float, unit: float) -> None:
    tolerance = 1e-6 + 1e-9 * abs(shift)
    assert robust_scale(values + shift) == pytest.approx(robust_scale(values), abs=tolerance)
    assert robust_scale(values * unit) == pytest.approx(robust_scale(values) * unit, rel=1e-6, abs=1e-6)


@given(samples, st.floats(1e7, 1e12))
def test_one_wild_value_cannot_move_the_scale_beyond_the_sample(values: NDArray[np.float64], wild: float) -> None:
    spread = values.max() - values.min()
    if values.size >= 4:
        assert robust_scale(np.append(values, wild)) <= 1.4826 * spread + 1e-6


def test_effect_by_hand() -> None:
    assert effect_size(incident=130, baseline=100, scale=10, floor=1) == 3.0
    assert effect_size(incident=70, baseline=100, scale=10, floor=1) == -3.0


def test_a_constant_baseline_is_measured_by_the_floor() -> None:
    assert effect_size(incident=101, baseline=100, scale=0, floor=5) == pytest.approx(0.2)
    assert effect_size(incident=101, baseline=100, scale=math.nan, floor=5) == pytest.approx(0.2)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_level_that_is_no_number_has_no_effect(bad: float) -> None:
    assert effect_size(bad, 1, 1, 1) == 0.0
    assert effect_size(1, bad, 1, 1) == 0.0


@given(levels, levels, scales, scales)
def test_effect_is_antisymmetric(a: float, b: float, scale: float, floor: float) -> None:
    assert effect_size(a, b, scale, floor) == -effect_size(b, a, scale, floor)


@given(levels, levels, scales, scales, st.floats(1e-3, 1e3))
def test_effect_has_no_unit(a: float, b: float, scale: float, floor: float, unit: float) -> None:
    scaled = effect_size(a * unit, b * unit, scale * unit, floor * unit)
    assert scaled == pytest.approx(effect_size(a, b, scale, floor), rel=1e-6, abs=1e-6)


def test_proportions_by_hand() -> None:
    # with half a hit and half a miss added, 9.5/19 against 1.5/19, in common 11/38: expected 5.5 and 13.5
    deviance = 2 * (9.5 * math.log(9.5 / 5.5) + 9.5 * math.log(9.5 / 13.5))
    deviance += 2 * (1.5 * math.log(1.5 / 5.5) + 17.5 * math.log(17.5 / 13.5))
    assert two_proportion_effect(9, 18, 1, 18) == pytest.approx(math.sqrt(deviance))


def test_a_call_that_every_request_made_is_missed_soon() -> None:
    assert two_proportion_effect(13, 18, 114, 114) < -4.4
    assert two_proportion_effect(18, 18, 114, 114) == pytest.approx(0.0, abs=0.9)


@given(counts, counts, counts, counts)
def test_proportions_are_antisymmetric_and_finite(a: int, b: int, c: int, d: int) -> None:
    hits, total, base_hits, base_total = min(a, b), max(a, b), min(c, d), max(c, d)
    effect = two_proportion_effect(hits, total, base_hits, base_total)
    assert math.isfinite(effect)
    back = two_proportion_effect(base_hits, base_total, hits, total)
    assert effect == pytest.approx(-back, abs=1e-6)
    misses = two_proportion_effect(total - hits, total, base_total - base_hits, base_total)
    assert effect == pytest.approx(-misses, abs=1e-6)


@given(counts, counts, st.floats(0.1, 1e5), st.floats(0.1, 1e5))
def test_rates_grow_with_the_incident_and_fall_with_the_baseline(x1: int, x0: int, t1: float, t0: float) -> None:
    effect = poisson_rate_effect(x1, t1, x0, t0)
    assert poisson_rate_effect(x1 + 1, t1, x0, t0) > effect
    assert poisson_rate_effect(x1, t1, x0 + 1, t0) < effect


@given(counts, counts, st.floats(0.1, 1e5), st.floats(0.1, 1e5), st.floats(0.01, 100))
def test_rates_do_not_depend_on_the_unit_of_exposure(x1: int, x0: int, t1: float, t0: float, unit: float) -> None:
    assert poisson_rate_effect(x1, t1 * unit, x0, t0 * unit) == pytest.approx(
        poisson_rate_effect(x1, t1, x0, t0), rel=1e-6, abs=1e-6
    )


@given(counts, counts, st.floats(0.1, 1e5))
def test_rates_are_antisymmetric_at_equal_exposure(x1: int, x0: int, exposure: float) -> None:
    there, back = poisson_rate_effect(x1, exposure, x0, exposure), poisson_rate_effect(x0, exposure, x1, exposure)
    assert there == pytest.approx(-back)


@pytest.mark.parametrize(("exposure", "base_exposure"), [(0, 10), (10, 0), (-1, 10)])
def test_no_exposure_is_no_rate(exposure: float, base_exposure: float) -> None:
    assert poisson_rate_effect(5, exposure, 5, base_exposure) == 0.0


def test_rates_without_change_look_standard_normal() -> None:
    random = np.random.default_rng(3)
    now, before = random.poisson(40, 4_000), random.poisson(400, 4_000)
    effects = np.array([poisson_rate_effect(a, 60, b, 600) for a, b in zip(now, before, strict=True)])
    assert abs(effects.mean()) < 0.1
    assert effects.std() == pytest.approx(1, rel=0.05)


def test_proportions_without_change_look_standard_normal() -> None:
    random = np.random.default_rng(4)
    now, before = random.binomial(400, 0.2, 4_000), random.binomial(2_000, 0.2, 4_000)
    effects = np.array([two_proportion_effect(a, 400, b, 2_000) for a, b in zip(now, before, strict=True)])
    assert abs(effects.mean()) < 0.1
    assert effects.std() == pytest.approx(1, rel=0.05)


@given(scales, st.integers(0, 100), scales)
def test_a_moderated_scale_lies_between_its_own_and_the_pooled_one(own: float, n: int, pooled: float) -> None:
    found = moderated_scale(own, n, pooled)
    if n:
        assert min(own, pooled) * (1 - 1e-9) <= found <= max(own, pooled) * (1 + 1e-9)
    assert moderated_scale(own, n, 0.0) == own


def test_with_more_values_a_scale_is_more_its_own() -> None:
    assert moderated_scale(1.0, 4, 3.0) == pytest.approx(5**0.5)
    assert moderated_scale(1.0, 400, 3.0) == pytest.approx(1.04, abs=0.01)
    assert moderated_scale(math.nan, 0, 2.0) == 2.0


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=50))
def test_the_median_is_the_one_of_numpy(values: list[float]) -> None:
    assert median(np.array(values)) == pytest.approx(float(np.median(np.array(values))))


def test_no_values_have_no_median() -> None:
    assert math.isnan(median(np.array([])))
