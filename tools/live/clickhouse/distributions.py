"""From the rows of `trace_sql.distributions` to spreads and buckets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tools.live.clickhouse.source import Row
from tools.live.clickhouse.trace_sql import Subjects
from tools.sources.rows import Buckets, Spread, Trials, Two
from tools.window import Scope

ALL = Two(1, 1)
"""Every trace was read: counts are what they are."""


@dataclass(frozen=True, slots=True)
class Distribution:
    """One subject in both windows: its ids, the distribution of each value, counts, and all of it per bucket."""

    ids: tuple[int, ...]
    spreads: dict[str, Two[Spread]]
    counts: dict[str, Two[int]]
    parts: list[dict[str, Any]]

    def spread(self, value: str, scale: Two[int] = ALL) -> Two[Spread]:
        """Return a value's distribution; `scale` multiplies its counts where only some traces were read."""
        both = self.spreads[value]
        return Two(
            replace(both.baseline, n=both.baseline.n * scale.baseline),
            replace(both.incident, n=both.incident.n * scale.incident),
        )

    def count(self, name: str) -> Two[int]:
        """Return a count in both windows."""
        return self.counts[name]

    def buckets(self, value: str, scope: Scope, scale: Two[int] = ALL) -> Two[Buckets]:
        """Return count, median and 90th percentile of a value per time bucket."""
        return Two(*(self._buckets(value, scope, role, by) for role, by in ((0, scale.baseline), (1, scale.incident))))

    def _buckets(self, value: str, scope: Scope, role: int, scale: int) -> Buckets:
        parts = [part for part in self.parts if part["role"] == role and part[f"{value}.n"]]
        return Buckets(
            times=_starts(parts, scope),
            n=np.array([part[f"{value}.n"] * scale for part in parts], np.float64),
            p50=np.array([part[f"{value}.quantiles"][0] for part in parts], np.float64),
            p90=np.array([part[f"{value}.quantiles"][1] for part in parts], np.float64),
        )

    def trials(self, count: str, scope: Scope) -> Two[Trials]:
        """Return how many spans or requests there are per time bucket, and how many of them were counted."""
        return Two(*(self._trials(count, scope, role) for role in (0, 1)))

    def _trials(self, count: str, scope: Scope, role: int) -> Trials:
        parts = [part for part in self.parts if part["role"] == role]
        return Trials(
            times=_starts(parts, scope),
            n=np.array([part["dur.n"] for part in parts], np.float64),
            hits=np.array([part[count] for part in parts], np.float64),
        )


def _starts(parts: list[dict[str, Any]], scope: Scope) -> np.ndarray[Any, np.dtype[np.int64]]:
    return np.array([part["bucket"] for part in parts], np.int64) * scope.bucket_ns + scope.incident.start_ns


def read_distributions(rows: Iterable[Row], subjects: Subjects) -> list[Distribution]:
    """Read the answer to `trace_sql.distributions`."""
    values, counts, width = list(subjects.values), list(subjects.counts), len(subjects.ids)
    names = ["role", "bucket", *(f"{v}.{of}" for v in values for of in ("n", "quantiles")), *counts]
    found = []
    for row in rows:
        told = iter(row[width:-1])
        spreads = {value: _spreads(next(told), next(told), next(told)) for value in values}
        totals = {name: Two(*next(told)) for name in counts}
        parts = [dict(zip(names, part, strict=True)) for part in row[-1]]
        found.append(Distribution(tuple(int(i) for i in row[:width]), spreads, totals, parts))
    return found


def _spreads(before: Row, after: Row, above: Row) -> Two[Spread]:
    return Two(_spread(before), replace(_spread(after), above_p50=above[0], above_p90=above[1]))


def _spread(row: Row) -> Spread:
    n, mean, quantiles = row
    return Spread(n, mean, *quantiles) if n else Spread(n=0)
