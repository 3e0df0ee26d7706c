"""What a metric measures, by its name."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.analysers.metric_classes import (
    MetricClass,
    counts_open_files,
    is_node_metric,
    is_percentage,
    is_share_of_good,
    is_utilisation,
    metric_class,
    side_of,
)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("container_cpu_usage_seconds_total", MetricClass.CPU),
        ("process.cpu.utilization", MetricClass.CPU),
        ("jvm.memory.used", MetricClass.MEMORY),
        ("container_memory_rss", MetricClass.MEMORY),
        ("node_filesystem_avail_bytes", MetricClass.DISK),
        ("db.client.connections.usage", MetricClass.POOL),
        ("kafka_consumer_lag", MetricClass.QUEUE),
        ("container_restart_total", MetricClass.RESTART),
        ("http.server.errors", MetricClass.ERRORS),
        ("http.server.request.duration", MetricClass.LATENCY),
        ("PodLatencyP90", MetricClass.LATENCY),
        ("container_network_receive_bytes", MetricClass.NETWORK),
        ("http_requests_total", MetricClass.TRAFFIC),
        ("kube_pod_container_status_restarts_total", MetricClass.RESTART),
        ("PodCPUUsage", MetricClass.CPU),
        ("HTTPErrors", MetricClass.ERRORS),
        ("read_latencies_ms", MetricClass.LATENCY),
        ("rpc_handling_seconds", MetricClass.LATENCY),
        ("checkout_wait_milliseconds", MetricClass.LATENCY),
        ("clock_time_seconds", MetricClass.OTHER),
        ("last_backup_timestamp_seconds", MetricClass.OTHER),
        ("busy_seconds_total", MetricClass.OTHER),
        ("flux_capacitance", MetricClass.OTHER),
    ],
)
def test_names_of_common_conventions(name: str, expected: MetricClass) -> None:
    assert metric_class(name) is expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("http.server.errors.duration", MetricClass.ERRORS),
        ("pool.wait.duration", MetricClass.POOL),
        ("queue_memory_bytes", MetricClass.QUEUE),
    ],
)
def test_the_earlier_class_wins(name: str, expected: MetricClass) -> None:
    assert metric_class(name) is expected


def test_a_word_inside_another_does_not_count() -> None:
    assert metric_class("discpuller") is MetricClass.OTHER
    assert metric_class("remembered") is MetricClass.OTHER


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(["cpu_usage", "jvm.heap", "QueueLength", "unclear"]), st.text("abcdef=,_", max_size=20))
def test_attributes_do_not_count(name: str, attributes: str) -> None:
    assert metric_class(f"{name}{{{attributes},cpu=errors}}") is metric_class(name)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from(["disk", "read", "bytes", "latency", "cpu", "retry"]), min_size=1, max_size=5))
def test_spelling_does_not_count(words: list[str]) -> None:
    camel = "".join(word.capitalize() for word in words)
    assert len({metric_class("_".join(words)), metric_class(".".join(words)), metric_class(camel)}) == 1


def test_metrics_of_the_machine() -> None:
    assert is_node_metric("node_load1")
    assert is_node_metric("system.cpu.time")
    assert not is_node_metric("container_cpu")


@pytest.mark.parametrize(
    ("name", "side"),
    [
        ("http.client.request.duration", "client"),
        ("edge_latency_p50_server_s", "server"),
        ("rpcServerDuration{peer=client}", "server"),
        ("clientele_latency", ""),
        ("request_duration", ""),
    ],
)
def test_which_end_of_a_call_measures(name: str, side: str) -> None:
    assert side_of(name) == side


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("process.open_file_descriptor.count", counts_open_files),
        ("process_open_fds", counts_open_files),
        ("SuccessRate", is_share_of_good),
        ("availability_average", is_share_of_good),
        ("probe_success_ratio", is_share_of_good),
        ("cpu_usage_pct", is_percentage),
        ("system.memory.percent", is_percentage),
        ("process.cpu.utilization", is_utilisation),
        ("memory_used_ratio", is_utilisation),
    ],
)
def test_words_of_a_name_tell_its_nature(name: str, told: Callable[[str], bool]) -> None:
    assert told(name)
    assert not told("http.server.request.duration")
    assert not told("open_connections")
