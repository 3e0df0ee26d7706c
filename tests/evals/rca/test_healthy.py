"""Healthy windows: where they are cut, and what is seen of them."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.rca.case import Case, ViewOptions
from evals.rca.cases import read_cases
from evals.rca.healthy import MIN_TIMES, PER_BASELINE, healthy_windows, outside, quiet_spans
from tests.evals.rca.conftest import DAY
from tools.incident import open_folder


def named(data: Path, part: str) -> list[Case]:
    return [case for case in healthy_windows(list(read_cases(data))) if part in case.id]


def test_windows_come_from_the_baseline(data: Path) -> None:
    cut = named(data, "shop-day@")
    assert [case.id for case in cut] == [f"shop-day@{DAY + offset}" for offset in (0, 120, 240, 360, 480)]
    assert {(case.set, case.system, case.window) for case in cut} == {("tiny", "shop", "healthy")}


def test_cut_window_is_compared_with_the_rest_of_its_baseline(data: Path, tmp_path: Path) -> None:
    seen = open_folder(named(data, f"@{DAY + 120}")[0].view(ViewOptions(), tmp_path / "view"))
    assert seen.file.fault_window_unix == pytest.approx((DAY + 120, DAY + 240))
    assert set(seen.signals) == set(seen.baseline) == {"traces", "metrics"}
    assert seen.topology is not None


def test_dropped_signal_is_not_seen(data: Path, tmp_path: Path) -> None:
    view = named(data, "shop-day@")[0].view(ViewOptions(drop=frozenset({"metrics"})), tmp_path / "view")
    assert set(open_folder(view).signals) == {"traces"}


def test_what_was_reported_as_an_incident_is_not_healthy() -> None:
    spans = [(0.0, 100.0), (100.0, 200.0), (200.0, 300.0), (400.0, 500.0)]
    assert outside(spans, [(150.0, 201.0), (500.0, 600.0)]) == [(0.0, 100.0), (400.0, 500.0)]
    assert outside(spans, []) == spans


def test_case_without_baseline_has_no_healthy_window(data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "set" / "cases" / "lonely"
    folder.mkdir(parents=True)
    (folder / "metrics.parquet").symlink_to(data / "tiny" / "cases" / "quiet" / "metrics.parquet")
    assert list(healthy_windows(list(read_cases(tmp_path)))) == []


def test_bursts_give_a_window_each_and_thin_data_longer_ones() -> None:
    burst = [float(second) for start in (0, 1_000, 5_000) for second in range(start, start + 60)]
    assert quiet_spans(burst, 120.0) == [(0.0, 120.0), (1_000.0, 1_120.0), (5_000.0, 5_120.0)]
    assert quiet_spans([0.0, 300.0, 600.0, 900.0, 1_200.0, 1_500.0], 120.0) == [(0.0, 900.0), (900.0, 1_800.0)]
    assert quiet_spans([], 120.0) == []
    assert quiet_spans([0.0, 1.0], 120.0) == []


@given(st.sets(st.integers(0, 20_000), max_size=300), st.integers(30, 600))
def test_windows_are_few_apart_and_hold_data(seconds: set[int], length: int) -> None:
    times = sorted(map(float, seconds))
    spans = quiet_spans(times, float(length))
    assert len(spans) <= PER_BASELINE
    assert all(a_end <= b_start for (_, a_end), (b_start, _) in pairwise(spans))
    assert all(sum(start <= t < end for t in times) >= MIN_TIMES for start, end in spans)
