"""The measured numbers as tables of 80 columns."""

from __future__ import annotations

import os
from collections.abc import Sequence

from rich.table import Table

from evals.bench.bundled import BundledCost
from evals.bench.live.clickhouse import FAULTY as PLANTED
from evals.bench.live.clickhouse import EngineCost
from evals.bench.live.prometheus import FAULTY, LiveCost
from evals.bench.measure import Run
from evals.bench.stores import StoreCost

TARGETS = "target at 10 million spans: survey under 10 s and 1500 MB; bundled incident under 3 s"


def stores_table(rows: Sequence[StoreCost]) -> Table:
    """Return one line a store: its size, the rows in the windows, survey and investigation."""
    table = Table(title="10-minute incident window against a 60-minute baseline", title_justify="left")
    for name in ("spans", "hours", "windows", "survey s", "CPU s", "MB", "whole s", "CPU s", "MB"):
        table.add_column(name, justify="right")
    for row in rows:
        table.add_row(
            counted(row.spans),
            f"{row.hours:.1f}",
            counted(row.in_windows),
            *_cells(row.survey),
            *_cells(row.investigation),
        )
    return table


def live_table(costs: Sequence[LiveCost]) -> Table:
    """Return one line a system in Prometheus: what one investigation fetched, took and held."""
    table = Table(title="Prometheus, 10 minutes against 60, process start to report", title_justify="left")
    for name in ("services", "samples", "every", "fetched", "rows", "s", "CPU s", "MB"):
        table.add_column(name, justify="right")
    for cost in costs:
        table.add_row(
            str(cost.system.services),
            counted(cost.system.samples),
            f"{cost.system.interval} s",
            f"{cost.bytes / 1e6:.2f} MB",
            counted(cost.rows),
            *_cells(cost.run),
        )
    return table


def engine_table(costs: Sequence[EngineCost]) -> Table:
    """Return one line a number of spans in ClickHouse: what one investigation fetched, took and held on both sides."""
    table = Table(title="ClickHouse's engine, 10 minutes against 60, process start to report", title_justify="left")
    for name in ("services", "spans", "fetched", "rows", "s", "CPU s", "MB", "engine MB", "found"):
        table.add_column(name, justify="right")
    for cost in costs:
        table.add_row(
            str(cost.traffic.services),
            counted(cost.traffic.spans),
            f"{cost.bytes / 1e6:.2f} MB",
            counted(cost.rows),
            *_cells(cost.run),
            f"{cost.engine_mb:.0f}",
            "yes" if cost.first == PLANTED else "no",
        )
    return table


def growth_notes(costs: Sequence[LiveCost] | Sequence[EngineCost], busy: str) -> list[str]:
    """Return what fetched bytes grow with.

    Args:
        costs: of some services, of the same with more traffic, and of fewer services with the traffic of the first.
        busy: what is more, such as `10 times the spans`.
    """
    first, busier, fewer = costs
    share = _services(fewer) / _services(first)
    return [
        f"{first.requests} queries; fetched, against the first: {busier.bytes / first.bytes:.2f} times for {busy}, "
        f"{fewer.bytes / first.bytes:.2f} times for {share:g} times the services"
    ]


def _services(cost: LiveCost | EngineCost) -> int:
    return cost.system.services if isinstance(cost, LiveCost) else cost.traffic.services


def live_notes(costs: Sequence[LiveCost]) -> list[str]:
    """Return whom each investigation named first."""
    return [
        f"{cost.system.services} services, every {cost.system.interval} s: {cost.requests} queries, "
        f"first hypothesis {cost.first} (at fault: {FAULTY})"
        for cost in costs
    ]


def bundled_table(costs: Sequence[BundledCost]) -> Table:
    """Return one line a bundled incident."""
    table = Table(title="bundled incidents, process start to printed report", title_justify="left")
    table.add_column("incident")
    for name in ("s", "CPU s", "MB"):
        table.add_column(name, justify="right")
    for cost in costs:
        table.add_row(cost.name, *_cells(cost.run))
    return table


def notes(rows: Sequence[StoreCost]) -> list[str]:
    """Return what the tables do not show: rows read, seconds of each analyser, whether the fault was found."""
    lines = []
    for row in rows:
        steps = ", ".join(f"{name} {seconds:.1f}" for name, seconds in row.steps.seconds.items())
        lines.append(f"{row.spans / 1e6:g} million: {steps} s (analysers run in parallel)")
        lines.append(f"  fault in {row.culprit}: {'strongest finding' if row.found else 'NOT the strongest finding'}")
        lines += [f"  {note}" for note in (*row.steps.notes, *row.steps.failures)]
    return lines


def conditions(repeat: int) -> str:
    """Return the conditions of the measurement, for whoever compares numbers."""
    load = os.getloadavg()[0]
    runs = "one run each" if repeat == 1 else f"medians of {repeat} runs"
    return f"{runs} on {os.cpu_count()} cores, load average {load:.1f} (others' work slows wall time); {TARGETS}"


def counted(number: int) -> str:
    """Return a count in at most seven characters: `12,345` or `12.3 M`."""
    return f"{number:,}" if number < 100_000 else f"{number / 1e6:.3g} M"


def _cells(run: Run) -> tuple[str, str, str]:
    return f"{run.wall_s:.1f}", f"{run.cpu_s:.1f}", f"{run.peak_mb:.0f}"
