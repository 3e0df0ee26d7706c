"""One investigation against Prometheus: seconds, bytes and rows fetched, peak memory.

Three systems tell what the cost grows with: one, the same scraped three times as often, and the same with
half the services. Traffic changes values only, so it changes nothing here.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from agent.schema import Report
from evals.bench.live.remote_write import Labels, write
from evals.bench.live.server import prometheus
from evals.bench.measure import Run, run_python
from tools.window import NS, TimeWindow

START = 1_790_000_000
"""Unix seconds at which the generated hour begins."""
BASELINE_SECONDS, INCIDENT_SECONDS = 3600, 600
PODS = 2
FAULTY = "service-7"
COUNTERS = (
    "requests_total",
    "errors_total",
    "sent_bytes_total",
    "received_bytes_total",
    "cpu_seconds_total",
    "retries_total",
)
GAUGES = ("memory_usage_bytes", "threads", "open_files", "queue_depth", "pool_in_use")
ROUTES = 2


@dataclass(frozen=True, slots=True)
class System:
    """What is generated: `interval` is seconds between scrapes."""

    services: int
    interval: int

    @property
    def samples(self) -> int:
        """Return the points of all series in both windows."""
        series = PODS * (len(COUNTERS) + len(GAUGES) + 2 * ROUTES)
        return self.services * series * ((BASELINE_SECONDS + INCIDENT_SECONDS) // self.interval)


SYSTEMS = (System(120, 15), System(120, 5), System(60, 15))
"""The first has one million samples in the windows."""


@dataclass(frozen=True, slots=True)
class LiveCost:
    """What one investigation cost, and whom it named."""

    system: System
    run: Run
    bytes: int
    rows: int
    requests: int
    first: str


def measure_prometheus(scratch: Path, tell: Callable[[str], None]) -> list[LiveCost]:
    """Generate each system, put it into a Prometheus of its own, and investigate.

    Raises:
        PrerequisiteError: Prometheus is not installed.
        WhydownError: the investigation failed.
    """
    return [_measure(system, scratch / f"prometheus-{index}", tell) for index, system in enumerate(SYSTEMS)]


def _measure(system: System, folder: Path, tell: Callable[[str], None]) -> LiveCost:
    with prometheus(folder) as url:
        tell(f"writing {system.samples:,} samples to Prometheus")
        for service in range(system.services):
            write(f"{url}/api/v1/write", dict(series_of(f"service-{service}", system.interval)))
        tell(f"investigating {system.samples:,} samples in Prometheus")
        (folder / "live.toml").write_text(f'[[sources.metrics]]\nkind = "prometheus"\nurl = "{url}"\n')
        run = run_python([*_COMMAND, "--incident", str(incident()), "--baseline", str(baseline())], folder)
    report = Report.model_validate_json(run.output)
    (cost,) = [source.fetched for source in report.sources if source.fetched is not None]
    first = report.hypotheses[0].component if report.hypotheses else "nobody"
    return LiveCost(system, run, cost.bytes, cost.rows, cost.requests, first)


_COMMAND = ("-m", "agent", "investigate", "--sources", "live.toml", "--no-model", "--json")


def baseline() -> TimeWindow:
    """Return the hour before the incident."""
    return TimeWindow(start_ns=START * NS, end_ns=(START + BASELINE_SECONDS) * NS)


def incident() -> TimeWindow:
    """Return the ten minutes of the incident."""
    begin = START + BASELINE_SECONDS
    return TimeWindow(start_ns=begin * NS, end_ns=(begin + INCIDENT_SECONDS) * NS)


def series_of(service: str, interval: int) -> Iterator[tuple[Labels, list[tuple[int, float]]]]:
    """Yield the series of one service; in the incident the faulty one answers ten times as slowly."""
    noise = random.Random(service)

    def waited(at: int) -> float:
        slow = service == FAULTY and at > START + BASELINE_SECONDS
        return 0.05 * noise.uniform(0.8, 1.2) * (10.0 if slow else 1.0)

    moments = range(START + interval, START + BASELINE_SECONDS + INCIDENT_SECONDS + 1, interval)
    for pod in range(PODS):
        whom = {"job": service, "instance": f"{service}-{pod}"}
        for name in COUNTERS:
            yield _labels(name, whom), _counter(moments, lambda at: noise.uniform(40, 60) * interval)
        for name in GAUGES:
            level = noise.uniform(50, 500)
            yield _labels(name, whom), [(at * 1000, level * noise.uniform(0.95, 1.05)) for at in moments]
        for route in range(ROUTES):
            of = {**whom, "route": f"/route-{route}"}
            yield _labels("latency_seconds_count", of), _counter(moments, lambda at: 10.0 * interval)
            yield _labels("latency_seconds_sum", of), _counter(moments, lambda at: waited(at) * 10.0 * interval)


def _counter(moments: range, step: Callable[[int], float]) -> list[tuple[int, float]]:
    total, points = 0.0, []
    for at in moments:
        total += step(at)
        points.append((at * 1000, math.floor(total * 1e6) / 1e6))
    return points


def _labels(name: str, rest: dict[str, str]) -> Labels:
    return tuple(sorted({"__name__": name, **rest}.items()))
