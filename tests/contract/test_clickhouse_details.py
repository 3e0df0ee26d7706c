"""Buckets and exemplars in ClickHouse's real engine: quantiles and slow traces of a metric finding."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from tests.contract.clickhouse.engine import engine, new_database, transport
from tools.analysers.metrics import analyse_metrics
from tools.config import SurveySettings
from tools.live.budget import Budget
from tools.live.clickhouse.metrics import ClickHouseMetrics
from tools.live.opening import Opening
from tools.live.settings import BackendSettings
from tools.sources import Telemetry
from tools.sources.rows import MetricDetail, MetricSeries, Two
from tools.window import NS, Scope, TimeWindow

START, ONSET, END = 1_790_000_000, 1_790_001_200, 1_790_001_800
SCOPE = Scope.of(TimeWindow(start_ns=ONSET * NS, end_ns=END * NS), [TimeWindow(start_ns=START * NS, end_ns=ONSET * NS)])
BOUNDS = (0.01, 0.02, 0.05, 0.1, 0.5, 1.0, 2.5)
CUMULATIVE, DELTA = 2, 1


def counted(seen: list[float]) -> list[int]:
    edges = np.array([-np.inf, *BOUNDS, np.inf])
    return [sum(bool(low < value <= high) for value in seen) for low, high in pairwise(edges)]


def insert(database: str, metric: str, temporality: int, restart: int = 0) -> None:
    """Write a histogram: in the incident one observation in five takes one to two seconds and has an exemplar."""
    chance, total, rows = random.Random(3), list[float](), []
    for at in range(START + 10, END, 10):
        slow = at > ONSET
        new = [chance.uniform(1, 2) if slow and n % 5 == 0 else chance.uniform(0.011, 0.019) for n in range(10)]
        total = new if temporality == DELTA or at == restart else total + new
        exemplars = f"[fromUnixTimestamp64Nano(toInt64({at * NS}))], [{new[0]}], ['t{at}']" if slow else "[], [], []"
        rows.append(
            f"('payment', '{metric}', 's', fromUnixTimestamp64Nano(toInt64({at * NS})), {len(total)}, {sum(total)}, "
            f"{counted(total)}, {list(BOUNDS)}, {temporality}, {exemplars})"
        )
    engine().command(
        f"INSERT INTO {database}.otel_metrics_histogram (ServiceName, MetricName, MetricUnit, TimeUnix, Count, Sum, "
        "BucketCounts, ExplicitBounds, AggregationTemporality, `Exemplars.TimeUnix`, `Exemplars.Value`, "
        f"`Exemplars.TraceId`) VALUES {', '.join(rows)}"
    )


@pytest.fixture(scope="module")
def source() -> Iterator[ClickHouseMetrics]:
    database = new_database()
    insert(database, "call.duration", CUMULATIVE)
    insert(database, "work.duration", DELTA)
    insert(database, "restarted.duration", CUMULATIVE, restart=ONSET + 300)
    settings = BackendSettings(kind="clickhouse", url="http://clickhouse.test:8123", database=database)
    horizon = TimeWindow(start_ns=START * NS, end_ns=END * NS)
    live = ClickHouseMetrics(Opening(settings, "metrics", horizon, Budget(60), Path("live.toml")), transport())
    yield live
    live.close()


@pytest.fixture(scope="module")
def details(source: ClickHouseMetrics) -> dict[str, MetricDetail]:
    rows = source.series(SCOPE)
    return dict(zip([row.metric for row in rows], source.details(SCOPE, rows), strict=True))


@pytest.mark.parametrize("metric", ["call.duration", "work.duration", "restarted.duration"])
def test_quantiles_of_histograms_however_they_count(details: dict[str, MetricDetail], metric: str) -> None:
    quantiles = details[metric].quantiles
    assert quantiles["p50"].baseline == pytest.approx(0.015, abs=0.001)
    assert quantiles["p50"].incident < 0.02
    assert quantiles["p99"].baseline == pytest.approx(0.0199, abs=0.001)
    assert 2.0 < quantiles["p99"].incident <= 2.5


def test_exemplars_of_the_incident_largest_first(details: dict[str, MetricDetail]) -> None:
    exemplars = details["call.duration"].exemplars
    assert len(exemplars) == 10
    assert [item.value for item in exemplars] == sorted((item.value for item in exemplars), reverse=True)
    assert all(item.trace_id == f"t{item.time_ns // NS}" for item in exemplars)
    assert exemplars[0].value > 1.9


def test_a_finding_has_them(source: ClickHouseMetrics) -> None:
    (found, *_) = analyse_metrics(Telemetry(metrics=source), SCOPE, SurveySettings())
    assert "; p50 0.0" in found.statement
    assert {sample.kind for sample in found.samples} == {"series", "trace"}


def test_a_series_that_is_not_there_has_no_details(source: ClickHouseMetrics) -> None:
    none, level = np.empty(0, np.int64), np.empty(0)
    odd = MetricSeries("o'hara", "", "", "call.duration", "{a=\\}", "s", Two(none, none), Two(level, level))
    assert source.details(SCOPE, [odd]) == [MetricDetail()]
    assert source.details(SCOPE, []) == []
    assert source.degradations() == []
