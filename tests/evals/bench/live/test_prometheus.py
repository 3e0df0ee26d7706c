from __future__ import annotations

from pathlib import Path

import pytest

from evals.bench.live import prometheus as bench
from evals.bench.live.prometheus import FAULTY, PODS, System, baseline, incident, measure_prometheus, series_of
from evals.bench.live.remote_write import write
from evals.bench.live.server import prometheus, running
from tools.errors import PrerequisiteError, SourceError


def test_the_first_system_has_a_million_samples() -> None:
    assert 1_000_000 <= bench.SYSTEMS[0].samples < 1_050_000


def test_a_system_has_the_samples_that_it_says() -> None:
    made = dict(series_of("service-1", 15))
    assert sum(len(points) for points in made.values()) == System(1, 15).samples
    assert {dict(labels)["instance"] for labels in made} == {f"service-1-{pod}" for pod in range(PODS)}


def test_the_faulty_service_is_slow_in_the_incident_only() -> None:
    (points,) = (
        points
        for labels, points in series_of(FAULTY, 15)
        if ("__name__", "latency_seconds_sum") in labels
        and ("route", "/route-0") in labels
        and ("instance", f"{FAULTY}-0") in labels
    )
    before = [value for at, value in points if at * 1_000_000 <= baseline().end_ns]
    after = [value for at, value in points if at * 1_000_000 > incident().start_ns]
    assert (after[-1] - after[0]) / len(after) > 7 * before[-1] / len(before)


def test_a_missing_server_says_what_to_install(tmp_path: Path) -> None:
    with (
        pytest.raises(PrerequisiteError, match="apt-get"),
        running(["no-server"], "http://x", "/", tmp_path / "l"),
    ):
        pass


def test_a_server_that_ends_at_once_shows_its_last_words(tmp_path: Path) -> None:
    command = ["sh", "-c", "echo port taken; exit 1"]
    with (
        pytest.raises(SourceError, match="port taken"),
        running(command, "http://127.0.0.1:1", "/", tmp_path / "log"),
    ):
        pass


@pytest.mark.live
def test_a_small_system_end_to_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is fetched does not grow with how often is scraped."""
    monkeypatch.setattr(bench, "SYSTEMS", (System(8, 15), System(8, 5)))
    slow, fast = measure_prometheus(tmp_path, lambda text: None)
    assert slow.first == fast.first == FAULTY
    assert fast.rows <= slow.rows * 1.1
    assert slow.bytes > 1000


@pytest.mark.live
def test_a_refused_write_is_an_error(tmp_path: Path) -> None:
    with prometheus(tmp_path) as url, pytest.raises(SourceError, match="refuses a write with 404"):
        write(f"{url}/nowhere", {(("__name__", "a"),): [(1, 1.0)]})
