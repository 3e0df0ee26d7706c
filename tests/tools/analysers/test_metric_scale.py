"""What a metric series is measured against."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tools.analysers.series import array, series
from tools.analysers.metric_classes import MetricClass
from tools.analysers.metric_scale import (
    ERROR_BUDGET,
    FELT_LOAD,
    MIN_PEERS,
    capacities,
    counting_noise,
    judged,
    of_failures,
    peer_levels,
    pooled_variation,
    whole_of,
)
from tools.analysers.metric_shift import shift_effect
from tools.sources.rows import MetricSeries, Two
from tools.window import NS


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


@pytest.mark.parametrize("name", ["successful_requests", "latency_p99", "availability_zone_count"])
def test_other_metrics_are_judged_as_they_are(name: str) -> None:
    one = series([0.5, 0.6], [0.7], name)
    assert of_failures(one) is one


def test_what_is_called_a_share_but_exceeds_the_whole_is_judged_as_it_is() -> None:
    one = series([120.0, 99.0], [98.0], "availability")
    assert of_failures(one) is one


@pytest.mark.parametrize(("count", "known"), [(MIN_PEERS - 1, False), (MIN_PEERS, True)])
def test_peers_need_to_be_enough(count: int, known: bool) -> None:
    found = [series([10.0 + n] * 4, [20.0 + 2 * n] * 4) for n in range(count)]
    assert ("m" in pooled_variation(found), "m" in peer_levels(found)) == (known, known)
    if known:
        assert pooled_variation(found)["m"] == pytest.approx(0.0)
        assert peer_levels(found)["m"] == 12.0


@given(st.lists(st.floats(0, 1), min_size=1, max_size=9), st.floats(0, 1), st.sampled_from(["", "_pct"]))
def test_failures_are_what_is_missing_to_the_whole(good: list[float], now: float, unit: str) -> None:
    whole = 100.0 if unit else 1.0
    one = series([level * whole for level in good], [now * whole], "success_rate" + unit)
    found = judged(one, {})
    assert found.series.values.incident == pytest.approx([1 - now], abs=1e-9)
    assert found.series.values.baseline == pytest.approx(1 - array(good), abs=1e-9)
    assert (found.sign, found.least) == (-1.0, ERROR_BUDGET)


@pytest.mark.parametrize(
    ("name", "level", "whole"),
    [
        ("cpu_usage_pct", 0.3, 100),
        ("cpu.percent", 0.3, 100),
        ("process.cpu.utilization", 0.3, 1),
        ("memory_utilisation", 30.5, 100),
    ],
)
def test_the_whole_is_told_by_name_or_value(name: str, level: float, whole: float) -> None:
    one = series([level] * 4, [level], name)
    assert whole_of(one) == whole
    assert judged(one, {}).least == FELT_LOAD * whole


def test_capacity_is_the_ratio_of_an_amount_and_its_share() -> None:
    pair = [series([5.5], [10.5], "cpu_pct"), series([27.5], [52.5], "cpu_millicores")]
    (owner,) = capacities(pair)
    assert owner == ("pay", "", MetricClass.CPU)
    assert capacities(pair)[owner] == pytest.approx(500)
    assert judged(pair[1], capacities(pair)).least == pytest.approx(FELT_LOAD * 500)


def test_time_that_a_limit_withheld_is_neither_use_nor_measured_by_it() -> None:
    """A process that gets a fiftieth of a core may wait for a whole second each second."""
    throttled = series([0.0] * 5, [1.1e9] * 5, "container.cpu.throttling_data.throttled_time")
    share = series([0.02] * 5, [0.02] * 5, "process.cpu.utilization")
    assert capacities([throttled, share]) == {}
    used = series([27.5] * 5, [52.5] * 5, "cpu_millicores")
    known = capacities([throttled, share, used])
    assert len(known) == 1
    assert judged(throttled, known).least == 1.0  # a count, as a core's worth of nanoseconds is a whole number


@pytest.mark.parametrize(
    "found",
    [
        [series([5.5], [10.5], "cpu_pct")],
        [series([5.5], [0.0], "cpu_pct"), series([27.5], [52.5], "cpu_millicores")],
        [series([5.5], [9.5], "memory_pct"), series([1e6], [2e6], "memory_rss"), series([2.0], [2.0], "heap_objects")],
        [series([5.5], [9.5], "cpu_pct"), series([27.5], [52.5], "cpu_millicores", "other")],
        [series([5.5], [9.5], "node_cpu_pct"), series([27.5], [52.5], "cpu_millicores")],
    ],
)
def test_without_exactly_one_of_each_no_capacity_is_known(found: list[MetricSeries]) -> None:
    assert capacities(found) == {}


def test_open_files_are_measured_by_how_many_a_process_may_have() -> None:
    """From 16 to 62 of 1,024 is no shortage, from 16 to 900 nearly one."""
    name = "process.open_file_descriptor.count"
    few, many = series([16.0] * 8, [62.0] * 4, name), series([16.0] * 8, [900.0] * 4, name)
    effects = [shift_effect(s.values.baseline, s.values.incident, least=judged(s, {}).least)[0] for s in (few, many)]
    assert effects[0] < 1 < 10 < effects[1]


@pytest.mark.parametrize(
    ("name", "unit", "least"),
    [
        ("redis.memory.used", "By", FELT_LOAD * 128 * 2**20),
        ("process_resident_memory_bytes", "", FELT_LOAD * 128 * 2**20),
        ("memory_usage_mib", "", FELT_LOAD * 128),
        ("jvm.gc.pause", "s", 1e-9),
    ],
)
def test_memory_without_a_known_limit_is_measured_by_the_least_that_a_process_gets(
    name: str, unit: str, least: float
) -> None:
    one = replace(series([1.5, 1.4], [1.7], name), unit=unit)
    assert judged(one, {}).least == pytest.approx(least)
