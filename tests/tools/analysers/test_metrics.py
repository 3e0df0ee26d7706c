"""Metrics: robust two-sided change of every series."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tests.builders import Folder, Log, gauge, ns, window
from tools.analysers.metrics import (
    MIN_BASELINE,
    MIN_PEERS,
    Peers,
    analyse_metrics,
    counting_noise,
    exceedance,
    of_failures,
    peer_levels,
    pooled_variation,
    recent_effect,
    shift_effect,
    stretch_levels,
)
from tools.config import SurveySettings
from tools.evidence import Evidence, EvidenceKind, onset_of
from tools.sources.rows import MetricSeries, Two
from tools.window import NS, Scope

SCOPE = Scope.of(window(300, 420), [window(0, 300)])
SETTINGS = SurveySettings()
LEVELS = st.floats(-1e6, 1e6, allow_nan=False)
SERIES = arrays(np.float64, st.integers(1, 40), elements=LEVELS)


def noise(level: float, count: int, seed: int = 0) -> list[float]:
    """Return points that scatter by 3 %."""
    return [float(value) for value in level * np.random.default_rng(seed).normal(1, 0.03, count)]


def analyse(path: Path, before: list[float], after: list[float]) -> list[Evidence]:
    """Analyse one gauge with a point every ten seconds, the incident's from second 300 on."""
    points = gauge("pay", "queue_length", before) + gauge("pay", "queue_length", after, start=300)
    return analyse_metrics(Folder(path).metrics(*points).open(), SCOPE, SETTINGS)


def series(before: list[float], after: list[float], metric: str = "m") -> MetricSeries:
    """Return a series with a point a second, the incident's after the baseline's."""
    times = np.arange(len(before) + len(after), dtype=np.int64)
    return MetricSeries(
        "pay",
        "",
        "",
        metric,
        "",
        "",
        Two(times[: len(before)], times[len(before) :]),
        Two(_array(before), _array(after)),
    )


def _array(values: list[float]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.array(values, dtype=np.float64)


@pytest.mark.parametrize(("level", "sign", "word"), [(300.0, 1, "rose"), (30.0, -1, "fell")])
def test_a_level_that_moved_is_found(tmp_path: Path, level: float, sign: int, word: str) -> None:
    (found,) = analyse(tmp_path, noise(100, 30), noise(level, 12, 1))
    assert (found.kind, found.subject.service, found.subject.name) == (EvidenceKind.METRIC_SHIFT, "pay", "queue_length")
    assert found.baseline == pytest.approx(100, rel=0.05)
    assert found.incident == pytest.approx(level, rel=0.05)
    assert found.effect * sign > 5
    assert not found.uncertain
    assert f"{word} from" in found.statement
    assert found.onset == onset_of(ns(300))


def test_the_onset_is_when_it_moved(tmp_path: Path) -> None:
    (found,) = analyse(tmp_path, noise(100, 30), [*noise(100, 4, 1), *noise(300, 8, 2)])
    assert found.onset == onset_of(ns(340))


def test_the_plot_holds_all_points_in_order(tmp_path: Path) -> None:
    (found,) = analyse(tmp_path, noise(100, 30), noise(300, 12, 1))
    assert len(found.samples[0].values) == 42
    assert list(found.samples[0].times) == sorted(found.samples[0].times)


@pytest.mark.parametrize("seed", range(5))
def test_calm_series_are_never_sure(tmp_path: Path, seed: int) -> None:
    points = [p for n in range(20) for p in gauge(f"s{n}", "cpu", noise(50, 42, 100 * seed + n))]
    assert all(e.uncertain for e in analyse_metrics(Folder(tmp_path).metrics(*points).open(), SCOPE, SETTINGS))


def test_a_metric_that_wanders_by_itself_must_wander_further(tmp_path: Path) -> None:
    wandering = [100.0 if i // 3 % 2 else 300.0 for i in range(30)]
    assert not [e for e in analyse(tmp_path, wandering, [300.0] * 3 + [100.0] * 3) if not e.uncertain]


def test_a_drift_from_long_ago_is_not_of_this_incident(tmp_path: Path) -> None:
    assert analyse(tmp_path, noise(100, 20) + noise(300, 10, 1), noise(300, 12, 2)) == []


def test_too_few_points_say_nothing(tmp_path: Path) -> None:
    assert analyse(tmp_path / "before", noise(100, MIN_BASELINE - 1), noise(900, 12, 1)) == []
    assert analyse(tmp_path / "after", noise(100, 30), []) == []


def test_without_metrics_there_is_nothing(tmp_path: Path) -> None:
    assert analyse_metrics(Folder(tmp_path).logs(Log("front", "hi")).open(), SCOPE, SETTINGS) == []


def test_an_idle_component_that_does_next_to_nothing_is_measured_by_its_peers(tmp_path: Path) -> None:
    busy = [p for n in range(MIN_PEERS) for p in gauge(f"s{n}", "rps", noise(1000, 42, n))]
    idle = gauge("idle", "rps", [0.0] * 30 + [5.0] * 12)
    found = analyse_metrics(Folder(tmp_path / "peers").metrics(*busy, *idle).open(), SCOPE, SETTINGS)
    alone = analyse_metrics(Folder(tmp_path / "alone").metrics(*idle).open(), SCOPE, SETTINGS)
    assert "idle" not in {e.subject.service for e in found}
    assert [e.subject.service for e in alone] == ["idle"]


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


def test_a_rate_scatters_as_the_counts_behind_it() -> None:
    """0.2 requests a second at a scrape each minute are 12 a minute, give or take 3.5."""
    minutes = np.arange(11, dtype=np.int64) * 60 * NS
    before, after = np.full(10, 0.2), np.array([0.3])
    rate = replace(series([], [], "requests_per_s"), times=Two(minutes[:10], minutes[10:]), values=Two(before, after))
    assert counting_noise(rate) == pytest.approx(12**0.5 / 60)
    assert shift_effect(before, after, least=counting_noise(rate))[0] == pytest.approx(0.1 / (12**0.5 / 60))
    assert shift_effect(before, after)[0] > 5


def test_a_count_scatters_by_the_root_of_its_level() -> None:
    assert counting_noise(series([4.0, 4.0], [9.0])) == 2
    assert counting_noise(series([0.0, 0.0], [1.0])) == 1
    assert counting_noise(series([0.5, 4.0], [9.0])) < 1e-6


@pytest.mark.parametrize("whole", [1.0, 100.0])
def test_a_drop_of_availability_is_judged_as_the_failures_it_means(tmp_path: Path, whole: float) -> None:
    """From 99.8 % to 97 % is a move of 3 % by itself; failures have become fifteen times as many."""
    before = [whole * level for level in (0.998, 0.999, 0.997, 0.998) * 8]
    points = gauge("pay", "availability", before) + gauge("pay", "availability", [whole * 0.97] * 12, start=320)
    scope = Scope.of(window(320, 440), [window(0, 320)])
    (found,) = analyse_metrics(Folder(tmp_path).metrics(*points).open(), scope, SETTINGS)
    assert found.effect < -10
    assert found.baseline == pytest.approx(0.998 * whole)
    assert found.incident == pytest.approx(0.97 * whole)


def test_less_than_the_error_budget_is_no_failure(tmp_path: Path) -> None:
    points = gauge("pay", "success_rate", [1.0] * 32) + gauge("pay", "success_rate", [0.9995] * 12, start=320)
    scope = Scope.of(window(320, 440), [window(0, 320)])
    assert analyse_metrics(Folder(tmp_path).metrics(*points).open(), scope, SETTINGS) == []


@pytest.mark.parametrize("name", ["successful_requests", "latency_p99", "availability_zone_count"])
def test_other_metrics_are_judged_as_they_are(name: str) -> None:
    one = series([0.5, 0.6], [0.7], name)
    assert of_failures(one) is one


def test_what_is_called_a_share_but_exceeds_the_whole_is_judged_as_it_is() -> None:
    one = series([120.0, 99.0], [98.0], "availability")
    assert of_failures(one) is one


@settings(max_examples=50, deadline=None)
@given(st.lists(LEVELS, min_size=4, max_size=20), st.lists(LEVELS, min_size=1, max_size=20))
def test_recent_points_only_ever_weaken_an_effect(before: list[float], after: list[float]) -> None:
    effect, base, _ = shift_effect(_array(before), _array(after))
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


@settings(max_examples=50, deadline=None)
@given(SERIES, SERIES)
def test_exceedance_has_the_direction_asked_for(
    before: np.ndarray[tuple[int], np.dtype[np.float64]], after: np.ndarray[tuple[int], np.dtype[np.float64]]
) -> None:
    assert exceedance(before, after, 1.0) >= 0 >= exceedance(before, after, -1.0)
    assert exceedance(before, before.max() + np.ones(5), 1.0) > 6


@pytest.mark.parametrize(("count", "known"), [(MIN_PEERS - 1, False), (MIN_PEERS, True)])
def test_peers_need_to_be_enough(count: int, known: bool) -> None:
    found = [series([10.0 + n] * 4, [20.0 + 2 * n] * 4) for n in range(count)]
    assert ("m" in pooled_variation(found), "m" in peer_levels(found)) == (known, known)
    if known:
        assert pooled_variation(found)["m"] == pytest.approx(0.0)
        assert peer_levels(found)["m"] == 12.0
