"""What a process reads about its own limits."""

from __future__ import annotations

from pathlib import Path

from evals.testbed.shop.runtime.gauges import throttled_ns


def _stat(path: Path, text: str) -> None:
    path.mkdir(parents=True)
    (path / "cpu.stat").write_text(text)


def test_version_1_has_a_hierarchy_a_controller(tmp_path: Path) -> None:
    _stat(tmp_path / "cpu" / "shop", "nr_periods 9\nnr_throttled 4\nthrottled_time 1500000\n")
    assert throttled_ns("4:memory:/x\n2:cpu,cpuacct:/shop\n", tmp_path) == 1_500_000


def test_version_2_counts_microseconds(tmp_path: Path) -> None:
    _stat(tmp_path / "shop", "usage_usec 9\nnr_throttled 4\nthrottled_usec 1500\n")
    assert throttled_ns("0::/shop\n", tmp_path) == 1_500_000


def test_where_nothing_limits_it_is_never_throttled(tmp_path: Path) -> None:
    assert throttled_ns("2:cpu:/\n0::/elsewhere\n", tmp_path) == 0
    _stat(tmp_path / "cpu", "nr_periods 0\n")
    assert throttled_ns("2:cpu:/\n", tmp_path) == 0
