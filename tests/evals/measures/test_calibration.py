"""Calibration measures on numbers worked out by hand, and what must hold for any numbers."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.measures.calibration import (
    auroc,
    brier,
    constant_confidence,
    equal_mass_bins,
    equal_width_bins,
    expected_calibration_error,
)

pairs = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60)


def arrays(*values: tuple[float, bool]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([c for c, _ in values], dtype=float), np.array([float(r) for _, r in values])


FOUR = arrays((0.95, True), (0.91, False), (0.35, False), (0.25, True))


def test_equal_width_error_of_a_worked_example() -> None:
    bins = equal_width_bins(*FOUR)
    assert [b.n for b in bins] == [1, 1, 2]
    assert expected_calibration_error(bins) == pytest.approx((0.75 + 0.35 + 2 * abs(0.93 - 0.5)) / 4)


def test_equal_mass_bins_hold_equally_many() -> None:
    bins = equal_mass_bins(*FOUR, bins=2)
    assert [(b.n, b.right) for b in bins] == [(2, 0.5), (2, 0.5)]
    assert expected_calibration_error(bins) == pytest.approx((abs(0.30 - 0.5) + abs(0.93 - 0.5)) / 2)


def test_equal_mass_sees_what_one_crowded_bin_hides() -> None:
    confidence = np.array([0.90] * 10 + [0.99] * 10)
    right = np.array([1.0] * 10 + [1.0] * 9 + [0.0])
    crowded = expected_calibration_error(equal_width_bins(confidence, right))
    assert crowded == pytest.approx(abs(0.945 - 0.95))
    assert expected_calibration_error(equal_mass_bins(confidence, right)) == pytest.approx((0.10 + 0.09) / 2)


def test_equal_confidences_share_a_bin() -> None:
    confidence, right = np.full(30, 0.7), np.array([1.0] * 21 + [0.0] * 9)
    assert len(equal_mass_bins(confidence, right)) == 1
    assert expected_calibration_error(equal_mass_bins(confidence, right)) == pytest.approx(0.0)


def test_certainty_counts_in_the_last_bin() -> None:
    assert equal_width_bins(np.array([1.0]), np.array([1.0]))[0].n == 1


def test_brier_of_a_worked_example() -> None:
    expected = (0.05**2 + 0.91**2 + 0.35**2 + 0.75**2) / 4
    assert brier(*FOUR) == pytest.approx(expected)


def test_auroc_counts_pairs_in_order_and_ties_half() -> None:
    assert auroc(*arrays((0.9, True), (0.8, True), (0.1, False))) == 1.0
    assert auroc(*arrays((0.5, True), (0.5, False))) == 0.5
    assert auroc(*FOUR) == pytest.approx(2 / 4)
    assert math.isnan(auroc(*arrays((0.5, True))))


def test_constant_confidence_learns_from_the_other_systems_only() -> None:
    right = np.array([1.0, 1.0, 0.0, 0.0])
    assert constant_confidence(right, ["a", "a", "b", "b"]).tolist() == [0.0, 0.0, 1.0, 1.0]
    assert constant_confidence(right, ["a"] * 4).tolist() == [0.5] * 4


def test_nothing_stated_is_not_a_number() -> None:
    none = np.empty(0)
    assert equal_mass_bins(none, none) == []
    assert math.isnan(expected_calibration_error([]))
    assert math.isnan(brier(none, none))


@given(pairs)
def test_bins_lose_no_case_and_keep_the_means(values: list[tuple[float, bool]]) -> None:
    confidence, right = arrays(*values)
    for bins in (equal_mass_bins(confidence, right), equal_width_bins(confidence, right)):
        assert sum(b.n for b in bins) == len(values)
        assert sum(b.n * b.right for b in bins) == pytest.approx(right.sum())
        assert sum(b.n * b.confidence for b in bins) == pytest.approx(confidence.sum())
        assert 0 <= expected_calibration_error(bins) <= 1


@given(pairs)
def test_error_is_never_below_that_of_the_average(values: list[tuple[float, bool]]) -> None:
    confidence, right = arrays(*values)
    whole = abs(confidence.mean() - right.mean())
    assert expected_calibration_error(equal_mass_bins(confidence, right)) >= whole - 1e-9


@given(pairs)
def test_auroc_of_reversed_confidence_is_the_complement(values: list[tuple[float, bool]]) -> None:
    confidence, right = arrays(*values)
    confidence = np.round(confidence, 6)
    area, reversed_area = auroc(confidence, right), auroc(-confidence, right)
    assert math.isnan(area) or area + reversed_area == pytest.approx(1.0)
