"""Turn grouped SQL rows into the pairs of spreads and buckets that sources answer with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from typing import Any

import numpy as np

from tools.sources.rows import Buckets, Spread, Two
from tools.store.engine import Engine
from tools.window import Scope

EMPTY = Spread(n=0)
QUANTILES = "[0.25, 0.5, 0.75, 0.9, 0.99]"


def spread_sql(column: str) -> str:
    """Return the aggregate expressions that `to_spread` reads, for one column."""
    return f"avg({column}), quantile_cont({column}, {QUANTILES})"


def to_spread(n: int, mean: float | None, quantiles: list[float] | None) -> Spread:
    """Build a spread from a count, a mean and the five quantiles."""
    if not n or mean is None or quantiles is None:
        return EMPTY
    return Spread(int(n), float(mean), *(float(q) for q in quantiles))


def pair(by_role: dict[int, Any], missing: Any) -> Two[Any]:
    """Pair values keyed by role (0 baseline, 1 incident)."""
    return Two(by_role.get(0, missing), by_role.get(1, missing))


def buckets_by_key(engine: Engine, scope: Scope, keys: str, column: str, source: str) -> dict[Hashable, Two[Buckets]]:
    """Return per key the bucket series of a column's median and 90th percentile.

    Args:
        engine: the database.
        scope: gives the buckets their times.
        keys: comma-separated grouping columns.
        column: what is summarised.
        source: FROM clause, with `role` and `bucket` columns.
    """
    rows = engine.rows(
        f"SELECT {keys}, role, bucket, count(*), quantile_cont({column}, [0.5, 0.9]) FROM {source} "
        f"GROUP BY ALL ORDER BY bucket"
    )
    width = len(keys.split(","))
    grouped: dict[Hashable, dict[int, list[tuple[int, int, float, float]]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        role, bucket, n, (p50, p90) = row[width:]
        grouped[row[:width]][role].append((bucket, n, p50, p90))
    return {
        key: Two(_buckets(roles.get(0, []), scope), _buckets(roles.get(1, []), scope)) for key, roles in grouped.items()
    }


def _buckets(rows: list[tuple[int, int, float, float]], scope: Scope) -> Buckets:
    if not rows:
        return Buckets()
    bucket, n, p50, p90 = (np.array(column, dtype=np.float64) for column in zip(*rows, strict=True))
    times = bucket.astype(np.int64) * scope.bucket_ns + scope.incident.start_ns
    return Buckets(times, n, p50, p90)


def group_rows(
    rows: Iterable[tuple[Any, ...]], width: int, build: Callable[[tuple[Any, ...]], Any]
) -> dict[tuple[Any, ...], dict[int, Any]]:
    """Group rows `(key…, role, values…)` as {key: {role: build(values)}}."""
    grouped: dict[tuple[Any, ...], dict[int, Any]] = defaultdict(dict)
    for row in rows:
        grouped[row[:width]][int(row[width])] = build(row[width + 1 :])
    return grouped
