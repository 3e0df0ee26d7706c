"""Write a generated store as an incident folder of time-partitioned parts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow.parquet as pq

from evals.bench.spans import Fault, span_table
from evals.bench.sql import METRICS, log_sql, metric_sql
from evals.bench.world import PODS, SERVICES, World, build_world
from tools.window import NS, TimeWindow

START = 1_795_500_000
"""Unix seconds at which every generated store begins."""
PART_SECONDS = 600
INCIDENT_SECONDS, BASELINE_SECONDS = 600, 3600
LINES_PER_SPAN, POINTS_PER_SPAN = 0.5, 0.2
ROW_GROUP = 100_000
FAULT_MS = 60.0


@dataclass(frozen=True, slots=True)
class Shape:
    """How large a store is.

    Beyond the two compared windows a store grows in time, not in density: two million spans an hour.
    """

    spans: int
    spans_per_hour: int = 2_000_000
    seed: int = 1

    @property
    def seconds(self) -> int:
        """Return the length in whole parts; never less than both windows and a part after them."""
        least = BASELINE_SECONDS + INCIDENT_SECONDS + PART_SECONDS
        return max(least, -(-self.spans * 3600 // self.spans_per_hour // PART_SECONDS) * PART_SECONDS)

    @property
    def incident(self) -> TimeWindow:
        """Return the window in which the fault acts; one part follows it."""
        end = START + self.seconds - PART_SECONDS
        return TimeWindow.from_seconds(end - INCIDENT_SECONDS, end)

    @property
    def baseline(self) -> TimeWindow:
        """Return the hour before the incident."""
        first = self.incident.start_ns
        return TimeWindow(start_ns=first - BASELINE_SECONDS * NS, end_ns=first)

    @property
    def scrape_seconds(self) -> int:
        """Return how often metrics are scraped to give the points wanted: at least once a minute."""
        points_each_time = SERVICES * PODS * (len(METRICS) + 1)
        return min(60, max(1, round(self.seconds * points_each_time / (self.spans * POINTS_PER_SPAN))))

    def parts(self) -> Iterator[TimeWindow]:
        """Yield the window of every part."""
        for first in range(START, START + self.seconds, PART_SECONDS):
            yield TimeWindow.from_seconds(first, first + PART_SECONDS)


def write_store(folder: Path, shape: Shape, told: Callable[[int, int], None] = lambda done, total: None) -> str:
    """Write traces, logs, metrics and incident.json.

    Args:
        folder: is made; must not hold a store already.
        shape: how large.
        told: called with the number of parts done and to do.

    Returns:
        The service in which the fault was planted.
    """
    world = build_world(shape.seed)
    fault = Fault(world.culprit(), shape.incident, FAULT_MS)
    windows = list(shape.parts())
    for signal in ("traces", "logs", "metrics"):
        (folder / signal).mkdir(parents=True)
    with duckdb.connect(config={"threads": 2, "memory_limit": "2GB"}) as con:
        for number, window in enumerate(windows):
            _write_part(con, folder, f"{number:05}.parquet", window, world, fault, shape, number)
            told(number + 1, len(windows))
    _write_incident(folder, shape)
    return fault.service


def _write_part(
    con: duckdb.DuckDBPyConnection,
    folder: Path,
    name: str,
    window: TimeWindow,
    world: World,
    fault: Fault,
    shape: Shape,
    number: int,
) -> None:
    share = window.seconds / shape.seconds
    random = np.random.default_rng([shape.seed, number])
    table = span_table(world, window, round(shape.spans * share), fault, random)
    pq.write_table(table, folder / "traces" / name, compression="zstd", row_group_size=ROW_GROUP)
    lines = round(shape.spans * LINES_PER_SPAN * share)
    step = shape.scrape_seconds
    seed = shape.seed * 1_000_000 + number
    for signal, query in (
        ("logs", log_sql(world, window, lines, fault, seed)),
        ("metrics", metric_sql(world, window, step, fault, seed)),
    ):
        target = folder / signal / name
        con.execute(f"COPY ({query}) TO '{target}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP})")


def _write_incident(folder: Path, shape: Shape) -> None:
    def seconds(window: TimeWindow) -> list[float]:
        return [window.start_ns / NS, window.end_ns / NS]

    incident = {
        "schema_version": 1,
        "case_id": f"bench-{shape.spans}",
        "description": "requests are slow",
        "normal_window_unix": seconds(shape.baseline),
        "fault_window_unix": seconds(shape.incident),
    }
    (folder / "incident.json").write_text(json.dumps(incident), encoding="utf-8")
