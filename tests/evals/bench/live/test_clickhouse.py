from __future__ import annotations

import io
from pathlib import Path

import httpx
import pytest
from rich.console import Console

from evals.bench.live.clickhouse import (
    FAULTY,
    TRAFFIC,
    EngineCost,
    Traffic,
    baseline,
    generate,
    incident,
    measure_clickhouse,
)
from evals.bench.measure import Run
from evals.bench.tables import engine_table, growth_notes
from tests.contract.clickhouse.engine import server
from tools.errors import SourceError


def ask(url: str, query: str) -> list[str]:
    return httpx.post(url, content=query.encode(), trust_env=False).text.split()


def test_generated_requests_are_chains_that_nest() -> None:
    with server(writable=True) as url:
        generate(url, Traffic(60, 10_000), lambda text: None)
        assert ask(url, "SELECT count(), uniqExact(TraceId), uniqExact(ServiceName) FROM otel_traces")[:2] == [
            "10000",
            "500",
        ]
        assert ask(url, "SELECT uniqExact(ServiceName) FROM otel_traces") == ["60"]
        inside = ask(
            url,
            "SELECT count(), countIf(c.Timestamp >= p.Timestamp AND c.Duration <= p.Duration) FROM otel_traces c "
            "JOIN otel_traces p ON c.TraceId = p.TraceId AND c.ParentSpanId = p.SpanId",
        )
        assert inside == ["9500", "9500"], "every span but the roots has a parent and lies within it"
        slow = ask(
            url,
            f"SELECT round(avgIf(Duration, toUnixTimestamp64Nano(Timestamp) >= {incident().start_ns}) - "
            f"avgIf(Duration, toUnixTimestamp64Nano(Timestamp) < {incident().start_ns})) "
            f"FROM otel_traces WHERE ServiceName = '{FAULTY}' AND SpanKind = 'Server'",
        )
        assert 50e6 < float(slow[0]) < 70e6
        httpx.post(url, content=b"DROP TABLE otel_traces", trust_env=False)


def test_a_refusal_of_the_engine_is_one_line() -> None:
    with server() as url:
        httpx.post(url, params={"readonly": 2}, content=b"SELECT 1", trust_env=False)
        with pytest.raises(SourceError, match="refuses"):
            generate(url, Traffic(60, 20), lambda text: None)


def test_windows_adjoin() -> None:
    assert baseline().end_ns == incident().start_ns


def test_the_table_says_what_was_fetched_and_whom_it_named() -> None:
    console = Console(width=80, record=True, quiet=False, file=io.StringIO())
    run = Run(12.3, 3.4, 250.0, "")
    console.print(engine_table([EngineCost(TRAFFIC[1], run, 2100.0, 3_100_000, 1400, 26, FAULTY, ())]))
    shown = console.export_text()
    for words in ("10 M", "3.10 MB", "12.3", "2100", "yes"):
        assert words in shown
    assert "…" not in shown


def test_what_bytes_grow_with_is_said() -> None:
    run = Run(1.0, 1.0, 1.0, "")
    costs = [
        EngineCost(traffic, run, 1.0, size, 1, 7, FAULTY, ())
        for traffic, size in zip(TRAFFIC, (1000, 1100, 480), strict=True)
    ]
    (line,) = growth_notes(costs, "10 times the spans")
    assert line == (
        "7 queries; fetched, against the first: 1.10 times for 10 times the spans, "
        "0.48 times for 0.5 times the services"
    )


@pytest.mark.live
def test_a_small_engine_end_to_end(tmp_path: Path) -> None:
    traffic = (Traffic(60, 40_000), Traffic(60, 160_000), Traffic(30, 40_000))
    few, many, half = measure_clickhouse(traffic, tmp_path, lambda text: None)
    assert few.first == many.first == half.first == FAULTY
    assert many.bytes < 1.3 * few.bytes
    assert half.bytes < 0.8 * few.bytes
