"""Tables of the benchmark fit 80 columns, whatever was measured, with nothing cut off."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from evals.bench.measure import Run
from evals.bench.stores import StoreCost
from evals.bench.tables import counted, stores_table
from evals.bench.worker import SurveyCost

SLOW = Run(wall_s=123.45, cpu_s=234.56, peak_mb=1234.5, output="")


@pytest.mark.parametrize("spans", [1_000_000, 10_000_000, 50_000_000])
def test_large_stores_fit(spans: int) -> None:
    steps = SurveyCost(seconds={}, services=[], failures=[], notes=[])
    row = StoreCost(spans, spans // 3, 39.5, "pay", SLOW, steps, SLOW)
    out = io.StringIO()
    Console(file=out, width=80).print(stores_table([row]))
    shown = out.getvalue()
    assert "…" not in shown
    assert f"{spans // 1_000_000} M" in shown
    assert "windows" in shown
    assert all(len(line) <= 80 for line in shown.splitlines())


def test_counts_are_short_and_exact_while_they_are_small() -> None:
    assert [counted(n) for n in (0, 999, 12_345, 99_999)] == ["0", "999", "12,345", "99,999"]
    assert [counted(n) for n in (100_000, 1_000_000, 12_345_678)] == ["0.1 M", "1 M", "12.3 M"]
