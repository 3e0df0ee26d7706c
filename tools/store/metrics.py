"""MetricSource of the embedded store: counters become rates, histograms become means."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tools.sources.rows import MetricSeries, Two
from tools.store.engine import Engine
from tools.store.relation import Relation
from tools.store.scoped import SERVICE, per_window
from tools.store.source import EmbeddedSource
from tools.store.sql_files import statements
from tools.window import NS, Scope

_ATTRIBUTES = "coalesce(nullif(map_from_entries(list_sort(map_entries(attributes)))::VARCHAR, '{}'), '')"
NAMES = (
    SERVICE,
    "coalesce(pod, '')",
    "coalesce(peer, '')",
    "metric",
    _ATTRIBUTES,
    "coalesce(unit, '')",
)
"""What tells series apart, in the order of the fields of `MetricSeries`."""
FIELDS = ("service", "pod", "peer", "metric", "attributes", "unit")
SERIES = f"hash({', '.join(NAMES)})"


class EmbeddedMetrics(EmbeddedSource):
    """Metric points of an incident folder and its baseline folder. The answer to the latest scope is kept."""

    methods = ("series",)

    def __init__(self, engine: Engine, folder: Path, relation: Relation) -> None:
        super().__init__(engine, folder, relation)
        self._kept: tuple[Scope, list[MetricSeries]] | None = None

    def series(self, scope: Scope) -> list[MetricSeries]:
        """Return every series with points in scope, by name."""
        kept = self._kept
        if kept is None or kept[0] != scope:
            self._kept = kept = (scope, self._series(scope))
        return list(kept[1])

    def _series(self, scope: Scope) -> list[MetricSeries]:
        rows = per_window(self._relation.select, scope, "metrics")
        names = {
            row[0]: row[1:]
            for row in self._engine.rows(
                f"SELECT DISTINCT {SERIES}, {', '.join(NAMES)} FROM ({rows}) WHERE metric <> ''"
            )
        }
        columns = self._engine.arrays(*self._script("series", scope))
        ids, times = columns["series"], np.rint(columns["timestamp"] * NS).astype(np.int64)
        cuts = [0, *(np.flatnonzero(ids[1:] != ids[:-1]) + 1).tolist(), len(ids)]
        found = [
            _series(
                names[int(ids[first])], times[first:last], columns["level"][first:last], columns["role"][first:last]
            )
            for first, last in pairwise(cuts)
            if last > first
        ]
        return sorted(found, key=lambda s: (s.service, s.pod, s.peer, s.metric, s.attributes, s.unit))

    def sql(self, method: str, scope: Scope) -> str:
        """Return a script for a DuckDB shell: the points of every series, with the names that tell it from others."""
        levels = super().sql(method, scope).removesuffix(";")
        rows = per_window(self._relation.select, scope, "metrics")
        named = ", ".join(f"{name} AS {field}" for name, field in zip(NAMES, FIELDS, strict=True))
        return (
            f"SELECT {', '.join(FIELDS)}, role, timestamp, level FROM (\n{levels}\n)\n"
            f"JOIN (SELECT DISTINCT {SERIES} AS series, {named} FROM ({rows})) USING (series) ORDER BY ALL;"
        )

    def _script(self, method: str, scope: Scope) -> list[str]:
        return statements("levels", series=SERIES, rows=per_window(self._relation.select, scope, "metrics"))


def _series(
    names: tuple[str, ...], times: NDArray[np.int64], levels: NDArray[np.float64], role: NDArray[np.int8]
) -> MetricSeries:
    now = role == 1
    text = dict(zip(FIELDS, names, strict=True))
    return MetricSeries(**text, times=Two(times[~now], times[now]), values=Two(levels[~now], levels[now]))
