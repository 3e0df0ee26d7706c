"""How much of the time gained is a latency metric's."""

from __future__ import annotations

import numpy as np
import pytest

from tools.analysers.metric_share import latency_shares, traffic_levels
from tools.sources.rows import MetricSeries, Two, key_of


def series(service: str, metric: str, before: float, after: float, peer: str = "") -> MetricSeries:
    times = Two(np.arange(3, dtype=np.int64), np.arange(3, 6, dtype=np.int64))
    return MetricSeries(service, "", peer, metric, "", "", times, Two(np.full(3, before), np.full(3, after)))


BUSY = [series("search", "requests_sum", 1000, 900), series("search", "latency_avg", 0.01, 0.05)]
IDLE = [series("batch", "requests_sum", 5, 5), series("batch", "latency_avg", 0.4, 2.4)]


def test_traffic_times_rise_tells_the_much_used_from_the_hardly_used() -> None:
    shares = latency_shares([*BUSY, *IDLE])
    assert shares[key_of(BUSY[1])] == pytest.approx(40 / 50)
    assert shares[key_of(IDLE[1])] == pytest.approx(10 / 50)


def test_faster_gains_nothing() -> None:
    faster = series("search", "latency_avg", 0.05, 0.01)
    shares = latency_shares([BUSY[0], faster, *IDLE])
    assert shares[key_of(faster)] == 0.0
    assert shares[key_of(IDLE[1])] == 1.0


def test_without_measured_traffic_nothing_is_said() -> None:
    assert latency_shares([BUSY[1], IDLE[1]]) == {}
    assert latency_shares([]) == {}


def test_edges_and_machines_have_no_share() -> None:
    edge = series("search", "latency_avg", 0.01, 0.05, peer="front")
    assert latency_shares([BUSY[0], edge]) == {}
    assert traffic_levels([series("search", "node_requests", 5, 5)]) == {}


def test_stopped_traffic_counts_as_it_was() -> None:
    assert traffic_levels([series("search", "requests_sum", 100, 0), series("search", "calls", 3, 3)]) == {
        "search": 100
    }
