"""Arithmetic of paired runs."""

from __future__ import annotations

import pytest

from evals.testbed.load.generator import Experience
from evals.testbed.report.overhead import Overhead, Pair, describe, percentile


def _many(route: str, count: int, seconds: float) -> list[Experience]:
    one = Experience(time_unix=1.0, route=route, tenant="aurora", status=200, seconds=seconds)
    return [one] * count


def test_routes_weigh_by_their_requests() -> None:
    assert percentile(_many("a", 30, 0.1) + _many("b", 10, 0.5)) == pytest.approx(0.2)


def test_the_percentile_is_of_each_route() -> None:
    slow_tail = _many("a", 90, 0.1) + _many("a", 10, 1.0)
    assert percentile(slow_tail) == 1.0
    assert percentile(slow_tail, 0.5) == pytest.approx(0.1)


def test_the_median_pair_speaks() -> None:
    text = describe(Overhead([Pair(0.1, 0.102), Pair(0.1, 0.2), Pair(0.1, 0.099)], 0.3, 0.36, 0.02))
    assert text.splitlines()[0] == "pair 1: p95 100.0 ms without, 102.0 ms with a collector, +2.0%"
    assert text.splitlines()[-2] == (
        "CPU of all processes 0.300 cores without, 0.360 with a collector, of which 0.020 are the collector's own"
    )
    assert text.splitlines()[-1].startswith("median of the paired differences +2.0%, 95 % interval ")


def test_pairs_that_agree_leave_no_doubt() -> None:
    text = describe(Overhead([Pair(0.2, 0.206)] * 6, 0.0, 0.0, 0.0))
    assert text.endswith("median of the paired differences +3.0%, 95 % interval +3.0% to +3.0%")
