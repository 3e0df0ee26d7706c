"""Metric points in ClickHouse, in the tables that the OpenTelemetry collector's exporter writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from tools.errors import SourceError
from tools.live.clickhouse.details import read_details
from tools.live.clickhouse.scoped import POD_NAME, SERVICE, first, in_scope, literal, named, role, template, within
from tools.live.clickhouse.source import ClickHouseSource, Row
from tools.otlp.decode.conventions import NODE, PEER, UNKNOWN_SERVICE
from tools.sources.rows import Key, MetricDetail, MetricSeries, Two, key_of
from tools.window import NS, Scope

NONE = "CAST(NULL, 'Nullable(Float64)')"
DISTRIBUTION = (NONE, "toNullable(Sum)", "toNullable(toFloat64(Count))", "AggregationTemporality")
TYPES = {
    "gauge": ("toNullable(Value)", NONE, NONE, "0"),
    "sum": ("toNullable(Value)", NONE, NONE, "if(IsMonotonic, AggregationTemporality, 0)"),
    "histogram": DISTRIBUTION,
    "exponential_histogram": DISTRIBUTION,
    "summary": (*DISTRIBUTION[:3], "2"),
}
"""End of a table's name → value, sum, number of observations, and how it counts: 2 cumulative, 1 delta, 0 as it is."""
EXEMPLIFIED = ("sum", "histogram", "exponential_histogram")
"""Tables whose exemplars are observations; buckets with bounds has the second only."""
EXEMPLARS = 10
"""Exemplars of a series that leave the engine, those of the largest observations."""
POINTS_A_BUCKET = 10
"""Points of a series that one time bucket of the scope may hold; closer ones are averaged."""
SUBJECT = (
    f"if({SERVICE} = '{UNKNOWN_SERVICE}' AND {first('ResourceAttributes', NODE)} <> '', "
    f"{first('ResourceAttributes', NODE)}, {SERVICE})"
)
"""Whom a metric is about: the service, or the node where there is no service."""
NAMES = (
    f"{SUBJECT} AS service, {POD_NAME} AS pod, "
    f"if(position(MetricName, '.client.') > 0, {first('Attributes', PEER)}, '') AS peer, "
    "MetricName AS metric, if(empty(Attributes), '', concat('{', arrayStringConcat(arraySort(arrayMap("
    "(k, v) -> concat(toString(k), '=', v), mapKeys(Attributes), mapValues(Attributes))), ', '), '}')) AS attributes, "
    "MetricUnit AS unit"
)
"""What tells series apart, in the order of the fields of `MetricSeries`."""


class ClickHouseMetrics(ClickHouseSource):
    """Metric points, turned into comparable levels inside the engine."""

    def find_services(self) -> set[str]:
        """Return the services with points in the horizon; a table that is not there has none."""
        inside, found = within("TimeUnix", self._opening.horizon), set()
        for ending in self._present():
            rows = self.rows(f"SELECT DISTINCT {SUBJECT} FROM {self._table(ending)} WHERE {inside}")
            found |= {self.renamed(name) for (name,) in rows}
        return found

    def _present(self) -> list[str]:
        return self.once.get("present", self._find_present)

    def _find_present(self) -> list[str]:
        """Return the endings of the tables that are there.

        Raises:
            SourceError: none is.
        """
        found, failures = [], []
        for ending in TYPES:
            try:
                self.rows(f"SELECT 1 FROM {self._table(ending)} LIMIT 0")
                found.append(ending)
            except SourceError as error:
                failures.append(error)
        if not found:
            raise failures[0]
        return found

    def scripts(self, scope: Scope) -> Mapping[str, str]:
        """Return the SELECT by method."""
        points = "\n  UNION ALL\n".join(self._points(ending, scope) for ending in self._present())
        step = max(scope.bucket_ns // POINTS_A_BUCKET, NS)
        return {"series": template("levels", points=points, step=str(step))}

    def _points(self, ending: str, scope: Scope) -> str:
        value, total, observations, counts = TYPES[ending]
        return f"""  SELECT {NAMES}, toUnixTimestamp64Nano(TimeUnix) AS at,
         toUnixTimestamp64Nano(StartTimeUnix) AS since,
         {value} AS value, {total} AS total, {observations} AS observations, toInt32({counts}) AS counts,
         {role("TimeUnix", scope)} AS role FROM {self._table(ending)} WHERE {in_scope("TimeUnix", scope)}"""

    def series(self, scope: Scope) -> list[MetricSeries]:
        """Return every series with points in scope, by name."""
        return self.once.get(("series", scope), lambda: self._find_series(scope))

    def _find_series(self, scope: Scope) -> list[MetricSeries]:
        return [self._series(row) for row in self.rows(self.scripts(scope)["series"])]

    def _series(self, row: Row) -> MetricSeries:
        service, pod, peer, metric, attributes, unit, points = row
        sides = [[(at, level) for side, at, level in points if side == which] for which in (0, 1)]
        return MetricSeries(
            service=self.renamed(service),
            pod=pod,
            peer=peer,
            metric=metric,
            attributes=attributes,
            unit=unit,
            times=Two(*(np.array([at for at, _ in side], np.int64) for side in sides)),
            values=Two(*(np.array([level for _, level in side], np.float64) for side in sides)),
        )

    def details(self, scope: Scope, series: Sequence[MetricSeries]) -> list[MetricDetail]:
        """Return quantiles and exemplars of a few series; nothing where the tables hold none."""
        keys = [(self.original(row.service), row.pod, self.original(row.peer), *key_of(row)[3:]) for row in series]
        tables = [ending for ending in self._present() if ending in EXEMPLIFIED]
        if not keys or not tables:
            return [MetricDetail() for _ in keys]
        points = "\n  UNION ALL\n".join(self._observed(ending, scope, keys) for ending in tables)
        try:
            with self.understood():
                return read_details(self.rows(template("details", points=points, exemplars=str(EXEMPLARS))), keys)
        except SourceError as error:  # levels without details are worth a report
            self.note(f"no details of metrics: {error.problem}")
            return [MetricDetail() for _ in keys]

    def _observed(self, ending: str, scope: Scope, keys: Sequence[Key]) -> str:
        """Return the SELECT of points with their buckets and exemplars, of the series that are looked into."""
        buckets = (
            ("BucketCounts", "ExplicitBounds") if ending == "histogram" else ("[]::Array(UInt64)", "[]::Array(Float64)")
        )
        wanted = ", ".join(f"({', '.join(map(literal, key))})" for key in keys)
        metrics = ", ".join(sorted({literal(key[3]) for key in keys}))
        return f"""SELECT {NAMES}, {role("TimeUnix", scope)} AS role, TimeUnix AS at, {buckets[0]} AS buckets,
         {buckets[1]} AS bounds, toInt32({TYPES[ending][3]}) AS counts,
         arrayMap((v, t, trace) -> (v, toUnixTimestamp64Nano(t), trace), arrayFilter((v, trace) -> trace <> '',
         Exemplars.Value, Exemplars.TraceId), arrayFilter((t, trace) -> trace <> '', Exemplars.TimeUnix,
         Exemplars.TraceId), arrayFilter(trace -> trace <> '', Exemplars.TraceId)) AS seen
  FROM {self._table(ending)} WHERE ({in_scope("TimeUnix", scope)}) AND MetricName IN ({metrics})
    AND (service, pod, peer, metric, attributes) IN ({wanted})"""

    def _table(self, ending: str) -> str:
        return named(f"{self.options.metrics_tables}_{ending}")
