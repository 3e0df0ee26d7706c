"""Columns of a distribution, and plots of its median over time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from agent.show.table import Column, Plot, two
from tools.sources.rows import Buckets, Spread, Two
from tools.window import Scope

T = TypeVar("T")
MOST_PLOTS = 2


def spread_columns(key: str, head: str, get: Callable[[T], Two[Spread]], *, rank: int = 0) -> list[Column[T]]:
    """Return mean and quantiles: the median of a rank, the 90th percentile of the next, the others of the last."""
    columns: list[Column[T]] = []
    for name in ("mean", "p25", "p50", "p75", "p90", "p99"):

        def pick(row: T, name: str = name) -> Two[float]:
            both = get(row)
            return Two(getattr(both.baseline, name), getattr(both.incident, name))

        behind = {"p50": 0, "p90": 1}.get(name, 2)
        columns += two(f"{key}_{name}_ns", f"{head} {name}", "ns", pick, rank=min(rank + behind, 2))
    return columns


def plots_of(rows: Sequence[T], draw: Callable[[T], Plot | None]) -> list[Plot]:
    """Return a plot of every row, none when the rows are a list rather than something to look at closely."""
    return [plot for row in rows if (plot := draw(row))] if len(rows) <= MOST_PLOTS else []


def median_plot(title: str, spread: Two[Spread], buckets: Two[Buckets], scope: Scope) -> Plot | None:
    """Return the plot of a bucket series' medians, None when there are too few to see anything."""
    times = (*buckets.baseline.times.tolist(), *buckets.incident.times.tolist())
    values = (*buckets.baseline.p50.tolist(), *buckets.incident.p50.tolist())
    return series_plot(title, "ns", times, values, spread.baseline.p50, scope)


def series_plot(
    title: str, unit: str, times: tuple[int, ...], values: tuple[float, ...], level: float, scope: Scope
) -> Plot | None:
    """Return a plot that marks the start of the incident window when there is a baseline."""
    if len(times) < 4:
        return None
    compared = bool(scope.baseline)
    return Plot(title, unit, times, values, level if compared else None, scope.incident.start_ns if compared else None)
