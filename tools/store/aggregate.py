"""Turn grouped SQL rows into the pairs of spreads and buckets that sources answer with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np

from tools.sources.rows import Buckets, Spread, Trials, Two
from tools.window import Scope

T = TypeVar("T")
Key = tuple[Any, ...]
Values = tuple[Any, ...]
EMPTY = Spread(n=0)
MEDIAN, P90 = 1, 3
"""Positions among the quantiles that sources ask for: 25, 50, 75, 90 and 99 %."""


@dataclass(slots=True)
class Group:
    """One subject: the values of each whole window and of each time bucket, by role."""

    whole: dict[int, Values] = field(default_factory=dict)
    parts: dict[int, list[tuple[int, Values]]] = field(default_factory=lambda: {0: [], 1: []})

    def two(self, build: Callable[[Values], T], missing: T) -> Two[T]:
        """Return something of both windows, `missing` where a window has no rows."""
        return Two(*(build(self.whole[role]) if role in self.whole else missing for role in (0, 1)))

    def count(self, column: int) -> Two[int]:
        """Return a count of both windows."""
        return self.two(lambda values: int(values[column]), 0)

    def spread(self, first: int) -> Two[Spread]:
        """Return a distribution in both windows; see `spread_of` for `first`."""
        return self.two(lambda values: spread_of(values, first), EMPTY)

    def buckets(self, scope: Scope, first: int) -> Two[Buckets]:
        """Return both bucket series of count, median and 90th percentile; see `spread_of` for `first`."""
        return Two(*(_buckets(self.parts[role], scope, first) for role in (0, 1)))

    def trials(self, scope: Scope, n: int, hits: int) -> Two[Trials]:
        """Return both bucket series of two count columns: opportunities and how many were taken."""
        return Two(*(_counted(self.parts[role], scope, n, hits) for role in (0, 1)))


def _counted(parts: list[tuple[int, Values]], scope: Scope, n: int, hits: int) -> Trials:
    return Trials(
        times=np.array([bucket for bucket, _ in parts], np.int64) * scope.bucket_ns + scope.incident.start_ns,
        n=np.array([values[n] for _, values in parts], np.float64),
        hits=np.array([values[hits] for _, values in parts], np.float64),
    )


def grouped_rows(rows: Iterable[tuple[Any, ...]], width: int) -> dict[Key, Group]:
    """Group rows of (key of `width` columns, role, bucket or None, values…)."""
    groups: dict[Key, Group] = defaultdict(Group)
    for row in rows:
        key, role, bucket, values = row[:width], int(row[width]), row[width + 1], row[width + 2 :]
        if bucket is None:
            groups[key].whole[role] = values
        else:
            groups[key].parts[role].append((int(bucket), values))
    return groups


def spread_of(values: Values, first: int) -> Spread:
    """Build a spread from a count, a mean and the five quantiles, which start at column `first`."""
    n, mean, quantiles = values[first : first + 3]
    if not n:
        return EMPTY
    p25, p50, p75, p90, p99 = (float(q) for q in quantiles)
    return Spread(int(n), float(mean), p25, p50, p75, p90, p99)


def _buckets(parts: list[tuple[int, Values]], scope: Scope, first: int) -> Buckets:
    series = [(bucket, values[first], values[first + 2]) for bucket, values in parts if values[first]]
    if not series:
        return Buckets()
    return Buckets(
        times=np.array([bucket for bucket, _, _ in series], np.int64) * scope.bucket_ns + scope.incident.start_ns,
        n=np.array([n for _, n, _ in series], np.float64),
        p50=np.array([quantiles[MEDIAN] for _, _, quantiles in series], np.float64),
        p90=np.array([quantiles[P90] for _, _, quantiles in series], np.float64),
    )


def bucket_counts(rows: Iterable[tuple[Any, ...]], width: int) -> dict[Key, dict[tuple[int, int], int]]:
    """Group rows of (key of `width` columns, role, bucket, count) as {key: {(role, bucket): count}}."""
    grouped: dict[Key, dict[tuple[int, int], int]] = defaultdict(dict)
    for row in rows:
        grouped[row[:width]][int(row[width]), int(row[width + 1])] = int(row[width + 2])
    return grouped


def trials_of(n: dict[tuple[int, int], int], hits: dict[tuple[int, int], int], scope: Scope) -> Two[Trials]:
    """Return opportunities and those taken, per bucket, in both windows."""
    return Two(*(_trials(role, n, hits, scope) for role in (0, 1)))


def _trials(role: int, n: dict[tuple[int, int], int], hits: dict[tuple[int, int], int], scope: Scope) -> Trials:
    buckets = sorted(bucket for of, bucket in n if of == role)
    return Trials(
        times=np.array(buckets, np.int64) * scope.bucket_ns + scope.incident.start_ns,
        n=np.array([n[role, bucket] for bucket in buckets], np.float64),
        hits=np.array([hits.get((role, bucket), 0) for bucket in buckets], np.float64),
    )
