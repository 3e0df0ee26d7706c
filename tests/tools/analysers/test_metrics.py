"""Metrics: robust two-sided change of every series."""

from pathlib import Path

import numpy as np
import pytest

from tests.builders import Folder, Log, gauge, ns, window
from tools.analysers.metric_scale import MIN_PEERS
from tools.analysers.metric_shift import MIN_BASELINE
from tools.analysers.metrics import analyse_metrics
from tools.config import SurveySettings
from tools.evidence import Evidence, EvidenceKind, onset_of
from tools.window import Scope

SCOPE = Scope.of(window(300, 420), [window(0, 300)])
SETTINGS = SurveySettings()


def noise(level: float, count: int, seed: int = 0) -> list[float]:
    """Return points that scatter by 3 %."""
    return [float(value) for value in level * np.random.default_rng(seed).normal(1, 0.03, count)]


def analyse(path: Path, before: list[float], after: list[float]) -> list[Evidence]:
    """Analyse one gauge with a point every ten seconds, the incident's from second 300 on."""
    points = gauge("pay", "queue_length", before) + gauge("pay", "queue_length", after, start=300)
    return analyse_metrics(Folder(path).metrics(*points).open(), SCOPE, SETTINGS)


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


def test_a_rise_by_less_than_a_twentieth_of_capacity_is_not_felt(tmp_path: Path) -> None:
    """From 0.3 % of a CPU to 1.5 %: five times as much, and nobody waits for it; the millicores say the same."""
    before, after = noise(0.3, 30), noise(1.5, 12)
    points = [
        *gauge("pay", "cpu_usage_pct", before),
        *gauge("pay", "cpu_usage_pct", after, start=300),
        *gauge("pay", "cpu_millicores", [level * 5 for level in before]),
        *gauge("pay", "cpu_millicores", [level * 5 for level in after], start=300),
    ]
    assert analyse_metrics(Folder(tmp_path / "idle").metrics(*points).open(), SCOPE, SETTINGS) == []
    alone = [point for point in points if point.metric == "cpu_millicores"]
    (found,) = analyse_metrics(Folder(tmp_path / "unlimited").metrics(*alone).open(), SCOPE, SETTINGS)
    assert found.effect > 10


def test_a_cpu_that_fills_up_is_found_by_both_of_its_metrics(tmp_path: Path) -> None:
    points = [
        *gauge("pay", "cpu_usage_pct", noise(5, 30)),
        *gauge("pay", "cpu_usage_pct", noise(90, 12), start=300),
        *gauge("pay", "cpu_millicores", noise(25, 30)),
        *gauge("pay", "cpu_millicores", noise(450, 12), start=300),
    ]
    found = analyse_metrics(Folder(tmp_path).metrics(*points).open(), SCOPE, SETTINGS)
    assert [round(item.effect) for item in found] == [17, 17]
