"""How far one metric series moved, and how sure that is."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tests.tools.analysers.series import array, series
from tools.analysers.metric_shift import (
    MIN_BASELINE,
    Peers,
    exceedance,
    recent_effect,
    shift_effect,
    stretch_levels,
)
from tools.sources.rows import MetricSeries, Two

LEVELS = st.floats(-1e6, 1e6, allow_nan=False)
SERIES = arrays(np.float64, st.integers(1, 40), elements=LEVELS)


@settings(max_examples=50, deadline=None)
@given(SERIES, st.integers(0, 50))
def test_stretch_levels_are_medians_within_the_data(
    values: np.ndarray[tuple[int], np.dtype[np.float64]], n: int
) -> None:
    levels = stretch_levels(values, n)
    cut = 1 <= n <= values.size - MIN_BASELINE
    assert levels.size == (values.size - n + 1 if cut else values.size)
    assert values.min() <= levels.min() <= levels.max() <= values.max()


@settings(max_examples=50, deadline=None)
@given(SERIES, SERIES)
def test_shift_effect_has_the_sign_of_the_change(
    before: np.ndarray[tuple[int], np.dtype[np.float64]], after: np.ndarray[tuple[int], np.dtype[np.float64]]
) -> None:
    effect, base, now = shift_effect(before, after)
    assert np.sign(effect) == np.sign(now - base)
    assert (base, now) == (np.median(before), np.median(after))


@settings(max_examples=50, deadline=None)
@given(SERIES, SERIES)
def test_shift_effect_is_odd(
    before: np.ndarray[tuple[int], np.dtype[np.float64]], after: np.ndarray[tuple[int], np.dtype[np.float64]]
) -> None:
    assert shift_effect(-before, -after)[0] == pytest.approx(-shift_effect(before, after)[0], rel=1e-6)


@settings(max_examples=50, deadline=None)
@given(SERIES, SERIES, st.floats(0, 1e6))
def test_a_busy_metric_elsewhere_only_ever_weakens_an_effect(
    before: np.ndarray[tuple[int], np.dtype[np.float64]],
    after: np.ndarray[tuple[int], np.dtype[np.float64]],
    level: float,
) -> None:
    assert abs(shift_effect(before, after, Peers(0.0, level))[0]) <= abs(shift_effect(before, after)[0])


def test_a_short_baseline_is_completed_by_what_the_metric_does_elsewhere() -> None:
    before, after = np.array([10.0, 10.2, 9.9, 10.1]), np.array([13.0])
    alone, among = shift_effect(before, after)[0], shift_effect(before, after, Peers(0.2, 10.0))[0]
    assert alone > 5
    assert 1 < among < 3


@settings(max_examples=50, deadline=None)
@given(st.lists(LEVELS, min_size=4, max_size=20), st.lists(LEVELS, min_size=1, max_size=20))
def test_recent_points_only_ever_weaken_an_effect(before: list[float], after: list[float]) -> None:
    effect, base, _ = shift_effect(array(before), array(after))
    assume(effect != 0)
    recent = recent_effect(series(before, after), base, effect)
    assert recent * effect >= 0
    assert abs(recent) <= abs(effect)


def test_recent_effect_without_points_before_the_incident_is_the_effect() -> None:
    later = series([1.0] * 4, [9.0] * 4)
    turned = MetricSeries(
        "pay", "", "", "m", "", "", Two(later.times.baseline + 100, later.times.incident), later.values
    )
    assert recent_effect(turned, 1.0, 8.0) == 8.0


@pytest.mark.parametrize(("after_gap", "drifted"), [(2, True), (1, False)])
def test_points_from_before_a_gap_are_not_recent(after_gap: int, drifted: bool) -> None:
    """The metric drifted in the hour between; two points tell, one may belong to the incident already."""
    points = series([1.0] * 20 + [3.0] * after_gap, [3.0] * 6)
    times = points.times.baseline.copy()
    times[20:] += 3600 * 10**9
    moved = replace(points, times=Two(times, points.times.incident + 3600 * 10**9))
    assert recent_effect(moved, 1.0, 20.0) == (0.0 if drifted else 20.0)


@settings(max_examples=50, deadline=None)
@given(SERIES, SERIES)
def test_exceedance_has_the_direction_asked_for(
    before: np.ndarray[tuple[int], np.dtype[np.float64]], after: np.ndarray[tuple[int], np.dtype[np.float64]]
) -> None:
    assert exceedance(before, after, 1.0) >= 0 >= exceedance(before, after, -1.0)
    assert exceedance(before, before.max() + np.ones(5), 1.0) > 6
