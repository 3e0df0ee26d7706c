"""Healthy windows: stretches of fault-free telemetry that are investigated as if they were incidents.

They are cut from the baseline folders: windows as long as the faults of the cases that use them, wherever a
signal has data, compared with all the rest of that baseline. No window overlaps the fault window of any case
at hand: what somebody reported as an incident is not healthy, though baselines often hold the first seconds
of it. The cases' own normal windows are not used: they often hold the tail of the fault before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from statistics import median

import duckdb

from evals.rca.case import Case
from evals.rca.folders import FolderCase
from evals.rca.nodes import NodeCase, point_times, read_target, scrape_interval
from evals.rca.windows import BaselineWindow, NodeWindow, Span
from tools.errors import WhydownError
from tools.incident import read_incident_file
from tools.incident.folder import SIGNALS, find_baseline
from tools.store.parquet import file_list
from tools.store.scoped import TIME_COLUMN
from tools.window import NS

PER_BASELINE = 10
"""Windows cut from one baseline for one signal at most, evenly spread: more would only repeat a day."""
MIN_TIMES = 3
"""Distinct times of a signal in a window below which there is nothing to judge."""


def healthy_windows(cases: Sequence[Case]) -> Iterator[Case]:
    """Yield the healthy windows that belong to some cases. A case that cannot be read contributes none."""
    folders = [case for case in cases if isinstance(case, FolderCase)]
    faults = [fault for case in folders if (fault := _fault_window(case)) is not None]
    by_baseline: dict[Path, list[FolderCase]] = defaultdict(list)
    for case in folders:
        if (baseline := _baseline_of(case)) is not None:
            by_baseline[baseline].append(case)
    for baseline, users in sorted(by_baseline.items()):
        yield from _baseline_windows(baseline, users, faults)
    by_scenario = {case.scenario: case for case in cases if isinstance(case, NodeCase)}
    for scenario, user in sorted(by_scenario.items()):
        yield from _node_windows(scenario, user)


def quiet_spans(times: list[float], length: float) -> list[Span]:
    """Return windows, one after the other, that hold data; at most `PER_BASELINE`, evenly spread.

    Args:
        times: distinct times of a signal in seconds, ascending.
        length: wanted length in seconds; stretched where points are farther apart.
    """
    if not times:
        return []
    length = max(length, MIN_TIMES * scrape_interval(times))
    spans: list[Span] = []
    held: list[float] = []
    for time in [*times, float("inf")]:
        if held and time >= held[0] + length:
            if len(held) >= MIN_TIMES:
                spans.append((held[0], held[0] + length))
            held = []
        held.append(time)
    step = max(len(spans) / PER_BASELINE, 1.0)
    return [spans[int(index * step)] for index in range(min(len(spans), PER_BASELINE))]


def _baseline_of(case: FolderCase) -> Path | None:
    try:
        return find_baseline(case.folder, read_incident_file(case.folder).baseline)
    except WhydownError:
        return None


def _fault_window(case: FolderCase) -> Span | None:
    try:
        return read_incident_file(case.folder).fault_window_unix
    except WhydownError:
        return None


def outside(spans: Iterable[Span], faults: Sequence[Span]) -> list[Span]:
    """Return the spans that overlap none of the faults."""
    return [(a, b) for a, b in spans if not any(a < end and start < b for start, end in faults)]


def _baseline_windows(baseline: Path, users: list[FolderCase], faults: list[Span]) -> Iterator[BaselineWindow]:
    lengths = [end - start for start, end in filter(None, map(_fault_window, users))]
    length = median(lengths) if lengths else 300.0
    times = {signal: _times(baseline, signal) for signal in SIGNALS}
    spans: set[Span] = set()
    for own in times.values():
        calm = [t for t in own if not any(start <= t < end for start, end in faults)]
        spans.update(outside(quiet_spans(calm, length), faults))
    first = users[0]
    for start, end in sorted(spans):
        held = {s for s, own in times.items() if sum(start <= t < end for t in own) >= MIN_TIMES}
        name = f"{baseline.name}@{start:.0f}"
        yield BaselineWindow(name, first.set, first.system, (start, end), baseline, frozenset(held), first.graph)


def _times(folder: Path, signal: str) -> list[float]:
    """Return the distinct whole seconds in which a signal of a folder has data, ascending."""
    paths = (folder / f"{signal}.parquet", *sorted((folder / signal).rglob("*.parquet")))
    present = [path for path in paths if path.is_file()]
    if not present:
        return []
    seconds = f"SELECT DISTINCT {TIME_COLUMN[signal]} // {NS} AS s FROM {file_list(present)} ORDER BY s"
    try:
        with duckdb.connect(config={"threads": 1}) as con:
            return [float(s) for (s,) in con.execute(seconds).fetchall() if s is not None]
    except duckdb.Error:
        return []


def _node_windows(scenario: Path, case: NodeCase) -> Iterator[NodeWindow]:
    normal = scenario / "normal.parquet"
    if not normal.is_file():
        return
    alert = read_target(case.folder)
    times = point_times(normal)
    for start, end in quiet_spans(times, MIN_TIMES * scrape_interval(times)):
        name = f"{scenario.name}@{start:.0f}"
        yield NodeWindow(name, case.set, case.system, (start, end), scenario, alert.node, alert.metric)
