"""Metric series: levels that can be compared, whatever the instrument."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import SCOPE, T0, Folder, Point, gauge, window
from tools.sources.rows import MetricSeries
from tools.window import NS, Scope


def series(path: Path, *points: Point, scope: Scope = SCOPE) -> list[MetricSeries]:
    return Folder(path).metrics(*points).metric_source().series(scope)


def levels(path: Path, *points: Point, scope: Scope = SCOPE) -> tuple[list[float], list[float]]:
    """Return the levels of the only series in both windows."""
    (found,) = series(path, *points, scope=scope)
    return found.values.baseline.tolist(), found.values.incident.tolist()


def counter(values: list[float], start: float = 0, step: float = 10, **fields: object) -> list[Point]:
    shape = {"type": "sum", "temporality": "cumulative", "monotonic": True, **fields}
    return [Point("a", "requests", v, at=start + step * i, **shape) for i, v in enumerate(values)]  # type: ignore[arg-type]  # fields by name


def histogram(pairs: list[tuple[float, float]], start: float = 60, **fields: object) -> list[Point]:
    shape = {"type": "histogram", "temporality": "cumulative", **fields}
    return [
        Point("a", "latency", None, at=start + 10 * i, count=n, total=total, **shape)  # type: ignore[arg-type]  # fields by name
        for i, (n, total) in enumerate(pairs)
    ]


def test_a_gauge_is_taken_as_it_is(tmp_path: Path) -> None:
    (found,) = series(tmp_path, *gauge("a", "cpu", [1, 2, 3], start=40))
    assert found.times.baseline.tolist() == [(T0 + 40) * NS, (T0 + 50) * NS]
    assert found.times.incident.tolist() == [(T0 + 60) * NS]
    assert (found.values.baseline.tolist(), found.values.incident.tolist()) == ([1, 2], [3])
    assert (found.service, found.metric, found.attributes, found.unit) == ("a", "cpu", "", "")


def test_a_counter_becomes_a_rate_per_second(tmp_path: Path) -> None:
    assert levels(tmp_path, *counter([100, 120, 150, 150], start=60)) == ([], [2, 3, 0])


def test_a_restarted_counter_counts_from_zero(tmp_path: Path) -> None:
    assert levels(tmp_path, *counter([100, 120, 30, 50], start=60)) == ([], [2, 3, 2])


def test_a_counter_steps_from_one_window_into_the_next(tmp_path: Path) -> None:
    assert levels(tmp_path, *counter([0, 10, 20, 40], start=40)) == ([1], [1, 2])


def test_a_counter_does_not_step_across_a_gap(tmp_path: Path) -> None:
    # another day's baseline: without the rule, 1,000 s of nothing would look like a rate near zero
    scope = Scope.of(window(1_000, 1_060), [window(0, 60)])
    points = [*counter([0, 10, 20], start=0), *counter([500, 520, 540], start=1_000)]
    assert levels(tmp_path, *points, scope=scope) == ([1, 1], [2, 2])


def test_one_missed_scrape_is_no_gap(tmp_path: Path) -> None:
    points = [*counter([0, 10, 20], start=60), *counter([60], start=100)]
    assert levels(tmp_path, *points) == ([], [1, 1, 2])


def test_a_counter_that_may_fall_is_a_level(tmp_path: Path) -> None:
    assert levels(tmp_path, *counter([5, 3, 9], start=60, monotonic=False)) == ([], [5, 3, 9])


def test_a_delta_is_divided_by_the_time_that_it_covers(tmp_path: Path) -> None:
    assert levels(tmp_path, *counter([20, 30, 10], start=60, temporality="delta")) == ([], [3, 1])
    rows = [{**p.row(), "start_unix_nano": (T0 + 55 + 10 * i) * NS} for i, p in enumerate(counter([20, 30], 60))]
    own = Folder(tmp_path / "own").rows("metrics", [{**row, "temporality": "delta"} for row in rows])
    (found,) = own.metric_source().series(SCOPE)
    assert found.values.incident.tolist() == pytest.approx([4, 6]), "20 in 5 seconds, 30 in 5 seconds"


def test_a_histogram_becomes_the_mean_of_new_observations(tmp_path: Path) -> None:
    # 10 of 1.0, then 5 more of 2.0, then none, then 1 of 7.0
    points = histogram([(10, 10), (15, 20), (15, 20), (16, 27)])
    assert levels(tmp_path, *points) == ([], [2, 7])


def test_a_restarted_histogram_counts_from_zero(tmp_path: Path) -> None:
    assert levels(tmp_path, *histogram([(10, 10), (4, 12), (5, 15)])) == ([], [3, 3])


def test_a_delta_histogram_is_its_own_mean(tmp_path: Path) -> None:
    assert levels(tmp_path, *histogram([(10, 10), (0, 0), (4, 12)], temporality="delta")) == ([], [1, 3])


def test_a_summary_is_cumulative_though_it_does_not_say_so(tmp_path: Path) -> None:
    assert levels(tmp_path, *histogram([(10, 10), (15, 20)], type="summary", temporality=None)) == ([], [2])


def test_points_that_are_no_number_are_no_points(tmp_path: Path) -> None:
    values = [1.0, np.nan, np.inf, 2.0, -np.inf]
    assert levels(tmp_path, *gauge("a", "cpu", values, start=60)) == ([], [1, 2])
    broken = [*counter([10, 20], 60), *counter([np.nan], 80), *counter([40], 90)]
    assert levels(tmp_path / "counter", *broken) == ([], [1, 1])


def test_points_at_one_time_do_not_divide_by_zero(tmp_path: Path) -> None:
    points = [*counter([10, 20, 30], 60), *counter([20], 70)]
    _, incident = levels(tmp_path, *points)
    assert all(np.isfinite(incident))


def test_series_differ_by_all_that_names_them(tmp_path: Path) -> None:
    points = [
        Point("b", "cpu", 1, 61),
        Point("a", "cpu", 1, 61, pod="p"),
        Point("a", "cpu", 1, 61, peer="q"),
        Point("a", "cpu", 1, 61, unit="%"),
        Point("a", "cpu", 1, 61, attributes={"core": "0"}),
        Point("a", "cpu", 1, 61, attributes={"core": "1"}),
        Point("a", "cpu", 2, 62, attributes={"core": "1"}),
        Point("a", "mem", 1, 61),
    ]
    found = series(tmp_path, *points)
    names = [(s.service, s.pod, s.peer, s.metric, s.attributes, s.unit) for s in found]
    assert names == sorted(names)
    assert len(set(names)) == 7
    assert [s.values.incident.tolist() for s in found if s.attributes == "{core=1}"] == [[1, 2]]


def test_the_order_of_attributes_does_not_matter(tmp_path: Path) -> None:
    points = [
        Point("a", "cpu", 1, 61, attributes={"x": "1", "y": "2"}),
        Point("a", "cpu", 2, 62, attributes={"y": "2", "x": "1"}),
    ]
    assert levels(tmp_path, *points) == ([], [1, 2])


def test_a_series_in_one_window_only(tmp_path: Path) -> None:
    found = {s.metric: s for s in series(tmp_path, Point("a", "gone", 1, 5), Point("a", "new", 1, 65))}
    assert (found["gone"].values.baseline.size, found["gone"].values.incident.size) == (1, 0)
    assert (found["new"].values.baseline.size, found["new"].values.incident.size) == (0, 1)


def test_no_point_in_either_window(tmp_path: Path) -> None:
    assert series(tmp_path, Point("a", "cpu", 1, 1_000)) == []


def test_points_without_a_valid_time_are_stated(tmp_path: Path) -> None:
    rows = [{**Point("a", "cpu", 1, 61).row(), "timestamp": t} for t in (T0 + 61.5, np.nan, np.inf, None, 0.0)]
    source = Folder(tmp_path).rows("metrics", rows).metric_source()
    assert [s.values.incident.tolist() for s in source.series(SCOPE)] == [[1]]
    assert source.degradations() == ["4 metric points have no valid time and are left out"]


def test_points_of_no_service_are_told_apart_from_none(tmp_path: Path) -> None:
    rows = [{**Point("a", "cpu", 1, 61).row(), "service": None}]
    source = Folder(tmp_path).rows("metrics", rows).metric_source()
    assert source.services() == ["unknown_service"]
    assert [s.service for s in source.series(SCOPE)] == ["unknown_service"]


@given(st.lists(st.integers(0, 1_000), min_size=2, max_size=6), st.integers(0, 5))
@settings(max_examples=15, deadline=None)
def test_rates_times_seconds_give_back_what_was_counted(increments: list[int], restart: int) -> None:
    import tempfile

    total, values = 0, []
    for index, increment in enumerate(increments):
        total = increment if index == restart and total > increment else total + increment
        values.append(float(total))
    with tempfile.TemporaryDirectory() as path:
        found = series(Path(path), *counter(values, start=60))
    assert sum(found[0].values.incident) * 10 == pytest.approx(sum(increments[1:]))
