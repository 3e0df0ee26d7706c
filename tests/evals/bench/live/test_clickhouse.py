from __future__ import annotations

import io
from pathlib import Path

import httpx
import pytest
from rich.console import Console

from evals.bench.live.clickhouse import FAULTY, EngineCost, baseline, generate, incident, measure_clickhouse
from evals.bench.measure import Run
from evals.bench.tables import engine_table
from tests.contract.clickhouse.engine import server
from tools.errors import SourceError


def ask(url: str, query: str) -> list[str]:
    return httpx.post(url, content=query.encode(), trust_env=False).text.split()


def test_generated_requests_are_chains_that_nest() -> None:
    with server(writable=True) as url:
        generate(url, 10_000, lambda text: None)
        assert ask(url, "SELECT count(), uniqExact(TraceId), uniqExact(ServiceName) FROM otel_traces")[:2] == [
            "10000",
            "500",
        ]
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
            generate(url, 20, lambda text: None)


def test_windows_adjoin() -> None:
    assert baseline().end_ns == incident().start_ns


def test_the_table_says_what_was_fetched_and_whom_it_named() -> None:
    console = Console(width=100, record=True, quiet=False, file=io.StringIO())
    run = Run(12.3, 3.4, 250.0, "")
    console.print(engine_table([EngineCost(10_000_000, run, 2100.0, 3_100_000, 1400, 26, FAULTY, ())]))
    shown = console.export_text()
    for words in ("10,000,000", "3.10 MB", "12.3", "2100", "the fault"):
        assert words in shown


@pytest.mark.live
def test_a_small_engine_end_to_end(tmp_path: Path) -> None:
    few, many = measure_clickhouse([40_000, 160_000], tmp_path, lambda text: None)
    assert few.first == many.first == FAULTY
    assert many.bytes < 1.3 * few.bytes
