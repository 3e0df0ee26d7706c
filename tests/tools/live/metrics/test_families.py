from __future__ import annotations

import pytest

from tools.live.metrics.families import Kind, families


def kinds(*names: str, **types: str) -> dict[str, Kind]:
    return {family.name: family.kind for family in families(dict.fromkeys(names, 1), types)}


def test_a_histogram_is_one_family() -> None:
    assert kinds("latency_seconds_bucket", "latency_seconds_sum", "latency_seconds_count") == {
        "latency_seconds": Kind.MEAN
    }


def test_a_summary_keeps_its_quantiles_as_gauges() -> None:
    names = ("rpc_seconds", "rpc_seconds_sum", "rpc_seconds_count")
    found = families(dict.fromkeys(names, 1), {"rpc_seconds": "summary"})
    assert [(family.name, family.kind) for family in found] == [
        ("rpc_seconds", Kind.MEAN),
        ("rpc_seconds", Kind.GAUGE),
    ]


@pytest.mark.parametrize(
    ("name", "told", "kind"),
    [
        ("requests_total", "", Kind.COUNTER),
        ("requests_total", "gauge", Kind.GAUGE),
        ("requests", "counter", Kind.COUNTER),
        ("requests_total", "unknown", Kind.COUNTER),
        ("db_client_connection_count", "", Kind.GAUGE),
        ("memory_usage_bytes", "", Kind.GAUGE),
    ],
)
def test_the_kind_is_told_by_metadata_else_by_the_name(name: str, told: str, kind: Kind) -> None:
    assert kinds(name, **({name: told} if told else {})) == {name: kind}


def test_metadata_may_name_a_counter_without_its_suffix() -> None:
    assert kinds("requests_total", requests="counter") == {"requests_total": Kind.COUNTER}


def test_states_and_accounts_are_left_out() -> None:
    assert kinds("ALERTS", "ALERTS_FOR_STATE", "scrape_duration_seconds", "target_info", "requests_created") == {}


@pytest.mark.parametrize(
    ("name", "unit"),
    [("sent_bytes_total", "By/s"), ("latency_seconds", "s"), ("cpu_ratio", "1"), ("things", ""), ("x_total", "")],
)
def test_units_come_from_names(name: str, unit: str) -> None:
    (family,) = families({name: 3}, {})
    assert family.unit == unit
    assert family.series == 3
