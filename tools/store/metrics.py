"""MetricSource of the embedded store: counters become rates, histograms become means."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from tools.errors import InputError
from tools.evidence import Subject
from tools.sources.rows import MetricSeries, Two
from tools.store.command import show_command
from tools.store.engine import Engine, per_window
from tools.window import NS, Scope, TimeWindow

_SERIES = "service, pod, peer, metric, attributes, unit"


class EmbeddedMetrics:
    """Metric points of an incident folder and its baseline folder.

    Args:
        engine: the shared database.
        folder: the incident folder, named in queries.
        paths: metric files of the incident.
        baseline: metric files of the baseline folder.
    """

    name = "metrics.parquet"

    def __init__(self, engine: Engine, folder: Path, paths: Sequence[Path], baseline: Sequence[Path] = ()) -> None:
        self._engine = engine
        self._folder = folder
        self._select = engine.union("metrics", paths, baseline)

    def extent(self) -> TimeWindow | None:
        """Return the time range of all points."""
        return self._engine.extent("metrics", self._select)

    def services(self) -> list[str]:
        """Return all services, sorted."""
        rows = self._engine.rows(f"SELECT DISTINCT service FROM ({self._select}) WHERE service IS NOT NULL")
        return sorted(str(name) for (name,) in rows)

    def degradations(self) -> list[str]:
        """Return nothing: points that are not finite are no points."""
        return []

    def query(self, method: str, scope: Scope, subject: Subject) -> str:
        """Return the `whydown show` command that prints the numbers."""
        return show_command(self._folder, "metrics", method, scope, subject)

    def sql(self, method: str, scope: Scope) -> str:
        """Return a script for any DuckDB shell behind `series`: one row a point.

        Raises:
            InputError: another method was asked for.
        """
        if method != "series":
            raise InputError(f"no SQL is kept for the table {method}", "known: series")
        return f"{self.series_sql(scope).strip()};"

    def series(self, scope: Scope) -> list[MetricSeries]:
        """Return every series with points in scope."""
        columns = self._engine.arrays(self.series_sql(scope))
        if not len(columns["role"]):
            return []
        series = columns["series"]
        cuts = np.flatnonzero(series[1:] != series[:-1]) + 1
        bounds = [0, *cuts.tolist(), len(series)]
        return [_series(columns, first, last) for first, last in pairwise(bounds)]

    def series_sql(self, scope: Scope) -> str:
        """Return the query behind `series`: one row a point, ordered by series and time."""
        rows = per_window(self._select, scope, "metrics")
        return f"""
WITH points AS (
  SELECT coalesce(service, '') AS service, coalesce(pod, '') AS pod, coalesce(peer, '') AS peer, metric,
         coalesce(attributes::VARCHAR, '') AS attributes, coalesce(unit, '') AS unit, role, timestamp, value,
         "sum" AS total, "count" AS observations,
         temporality = 'cumulative' AND (monotonic OR type = 'histogram') AS cumulative,
         temporality = 'delta' AND monotonic AS is_delta
  FROM ({rows}) WHERE metric IS NOT NULL),
stepped AS (
  SELECT *, timestamp - lag(timestamp) OVER w AS dt, value - lag(value) OVER w AS dv,
         total - lag(total) OVER w AS dsum, observations - lag(observations) OVER w AS dcount
  FROM points WINDOW w AS (PARTITION BY {_SERIES} ORDER BY timestamp)),
levels AS (
  SELECT {_SERIES}, role, timestamp,
         CASE WHEN cumulative AND observations IS NOT NULL THEN
                   CASE WHEN dcount > 0 THEN dsum / dcount END
              WHEN cumulative THEN
                   CASE WHEN dt > 0 THEN (CASE WHEN dv < 0 THEN value ELSE dv END) / dt END
              WHEN observations > 0 AND total IS NOT NULL THEN total / observations
              WHEN is_delta THEN CASE WHEN dt > 0 THEN value / dt END
              ELSE value END AS level
  FROM stepped)
SELECT dense_rank() OVER (ORDER BY {_SERIES}) AS series, * FROM levels
WHERE isfinite(level) ORDER BY series, timestamp"""


def _series(columns: dict[str, Any], first: int, last: int) -> MetricSeries:
    part = slice(first, last)
    times = (columns["timestamp"][part] * NS).astype(np.int64)
    values = columns["level"][part].astype(np.float64)
    now = columns["role"][part] == 1
    text = {name: str(columns[name][first]) for name in ("service", "pod", "peer", "metric", "attributes", "unit")}
    return MetricSeries(**text, times=Two(times[~now], times[now]), values=Two(values[~now], values[now]))
