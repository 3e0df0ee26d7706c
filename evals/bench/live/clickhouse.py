"""One investigation against ClickHouse's engine: seconds, bytes and rows fetched, peak memory of both sides."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import httpx

from agent.schema import Report
from evals.bench.live.server import free_port, running
from evals.bench.measure import Run, run_python
from tools.errors import SourceError
from tools.window import NS, TimeWindow

START = 1_790_000_000
"""Unix seconds at which the generated spans begin."""
BASELINE_SECONDS, INCIDENT_SECONDS = 3600, 600
SPANS_A_REQUEST = 20
SERVICES_A_KIND = 5
"""A system of more services answers more kinds of request."""
FAULTY = "service-21"
_PART = 50_000
"""Requests generated at once."""
TABLE = """
CREATE TABLE otel_traces (
  Timestamp DateTime64(9) CODEC(Delta, ZSTD(1)), TraceId String, SpanId String, ParentSpanId String,
  TraceState String, SpanName LowCardinality(String), SpanKind LowCardinality(String),
  ServiceName LowCardinality(String), ResourceAttributes Map(LowCardinality(String), String), ScopeName String,
  ScopeVersion String, SpanAttributes Map(LowCardinality(String), String), Duration UInt64,
  StatusCode LowCardinality(String), StatusMessage String,
  Events Nested (Timestamp DateTime64(9), Name LowCardinality(String), Attributes Map(LowCardinality(String), String)),
  Links Nested (TraceId String, SpanId String, TraceState String, Attributes Map(LowCardinality(String), String)),
  INDEX idx_trace_id TraceId TYPE bloom_filter(0.001) GRANULARITY 1
) ENGINE = MergeTree PARTITION BY toDate(Timestamp) ORDER BY (ServiceName, SpanName, toDateTime(Timestamp))"""


@dataclass(frozen=True, slots=True)
class Traffic:
    """What is generated."""

    services: int
    spans: int


TRAFFIC = (Traffic(60, 1_000_000), Traffic(60, 10_000_000), Traffic(30, 1_000_000))
"""Ten times the traffic of the same services, and half the services, tell what the cost grows with."""


@dataclass(frozen=True, slots=True)
class EngineCost:
    """What one investigation cost, and whom it named. `engine_mb` is the peak of the engine's own process."""

    traffic: Traffic
    run: Run
    engine_mb: float
    bytes: int
    rows: int
    requests: int
    first: str
    notes: tuple[str, ...]


def baseline() -> TimeWindow:
    """Return the hour before the incident."""
    return TimeWindow(start_ns=START * NS, end_ns=(START + BASELINE_SECONDS) * NS)


def incident() -> TimeWindow:
    """Return the ten minutes of the incident."""
    begin = START + BASELINE_SECONDS
    return TimeWindow(start_ns=begin * NS, end_ns=(begin + INCIDENT_SECONDS) * NS)


def measure_clickhouse(traffic: Sequence[Traffic], scratch: Path, tell: Callable[[str], None]) -> list[EngineCost]:
    """Generate each traffic in an engine of its own, and investigate.

    Raises:
        WhydownError: the engine does not start, or the investigation failed.
    """
    return [_measure(item, scratch / f"clickhouse-{index}", tell) for index, item in enumerate(traffic)]


def _measure(traffic: Traffic, folder: Path, tell: Callable[[str], None]) -> EngineCost:
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    command = [sys.executable, "-m", "evals.bench.live.clickhouse_server", str(port), str(folder / "data")]
    with running(command, f"http://127.0.0.1:{port}", "/ping", folder / "engine.log") as url:
        generate(url, traffic, tell)
        written_mb = _peak_mb(url)
        tell(f"investigating {traffic.spans:,} spans in ClickHouse")
        (folder / "live.toml").write_text(
            "[sources]\nbudget_seconds = 600\n[[sources.traces]]\n"
            f'kind = "clickhouse"\nurl = "{url}"\ntimeout_seconds = 120\n'
        )
        run = run_python([*_COMMAND, "--incident", str(incident()), "--baseline", str(baseline())], folder)
        engine_mb = max(_peak_mb(url), written_mb)
    report = Report.model_validate_json(run.output)
    (source,) = [source for source in report.sources if source.fetched is not None]
    cost = source.fetched
    assert cost is not None
    first = report.hypotheses[0].component if report.hypotheses else "nobody"
    return EngineCost(traffic, run, engine_mb, cost.bytes, cost.rows, cost.requests, first, tuple(source.notes))


_COMMAND = ("-m", "agent", "investigate", "--sources", "live.toml", "--no-model", "--json")


def generate(url: str, traffic: Traffic, tell: Callable[[str], None]) -> None:
    """Make the table and generate spans inside the engine.

    Raises:
        SourceError: the engine refuses.
    """
    _post(url, TABLE)
    traces = traffic.spans // SPANS_A_REQUEST
    text = (files("evals.bench.live") / "clickhouse.sql").read_text(encoding="utf-8")
    blanks = {
        "traces": traces,
        "services": traffic.services,
        "kinds": traffic.services // SERVICES_A_KIND,
        "start": START * NS,
        "length": (BASELINE_SECONDS + INCIDENT_SECONDS) * NS,
        "faulty": FAULTY,
        "fault": incident().start_ns,
    }
    for first in range(0, traces, _PART):
        tell(f"generating spans in ClickHouse: {first * SPANS_A_REQUEST:,} of {traffic.spans:,}")
        filled = text
        for blank, value in {**blanks, "first": first, "count": min(_PART, traces - first)}.items():
            filled = filled.replace(f"{{{blank}}}", str(value))
        _post(url, filled)


def _post(url: str, text: str) -> str:
    answer = httpx.post(url, content=text.encode(), timeout=300, trust_env=False)
    if answer.status_code != 200:
        raise SourceError("ClickHouse's engine refuses", answer.text[:300])
    return answer.text


def _peak_mb(url: str) -> float:
    """Return the peak resident memory of the engine's process, which knows it best itself."""
    answer = httpx.get(f"{url}/peak", timeout=30, trust_env=False)
    return float(answer.text)
