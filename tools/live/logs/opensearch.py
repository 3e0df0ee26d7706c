"""Elasticsearch and OpenSearch: lines are counted by aggregations; which lines they are, a few of each bucket tell.

Neither can mask lines, so counts per masked line are estimated: exact while a bucket of one service and
severity holds no more lines than are fetched of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import httpx
from pydantic import Field

from tools.errors import InputError, SourceError
from tools.live.http import Ask, segment
from tools.live.logs.counted import Counted, CountedLogs, estimated
from tools.live.opening import Opening, Options
from tools.sources.rows import LogRow
from tools.window import Scope, TimeWindow, parse_moment, to_iso

PER_BUCKET = 20
"""Lines of one service, severity and time bucket that are fetched."""
SERVICES = 200
"""Services that are counted, those with most lines first."""


class OpenSearchOptions(Options):
    """Where lines are, and how fields are called; the defaults are those of the Elastic Common Schema."""

    index: str = Field(default="logs-*,otel-logs-*", description="indices, separated by commas")
    time_field: str = Field(default="@timestamp", description="field with the time, of type date or date_nanos")
    service_field: str = Field(default="service.name", description="keyword field with the service")
    severity_field: str = Field(default="log.level", description="keyword field with the severity")
    message_field: str = Field(default="message", description="field with the line")
    trace_field: str = Field(default="trace.id", description="field with the trace id")
    span_field: str = Field(default="span.id", description="field with the span id")
    pod_field: str = Field(default="kubernetes.pod.name", description="field with the pod")


class OpenSearchLogs(CountedLogs):
    """Log lines behind `_search`."""

    posts = (r"/[^/]+/_search",)

    def __init__(self, opening: Opening, transport: httpx.AsyncBaseTransport | None = None) -> None:
        super().__init__(opening, transport)
        self._options = opening.options(OpenSearchOptions)

    def find_services(self) -> set[str]:
        """Return the services with lines in the horizon."""
        terms = {"terms": {"field": self._options.service_field, "size": SERVICES}}
        found = self._search({"size": 0, "query": self._within(self._opening.horizon), "aggs": {"services": terms}})
        return {self.renamed(str(bucket["key"])) for bucket in _buckets(found, "services")}

    def sql(self, method: str, scope: Scope) -> str:
        """Return the search behind the table of lines, as JSON.

        Raises:
            InputError: there is no such table.
        """
        if method != "lines":
            raise InputError(f"{self.name} has no query for the table {method}", "known: lines")
        import json

        return json.dumps(self._count_body(scope, scope.incident), indent=1)

    def count(self, scope: Scope, window: TimeWindow) -> Iterable[Counted]:
        """Return counts per masked line and bucket of one window, estimated where a bucket holds many lines."""
        found = self._search(self._count_body(scope, window))
        left = int(found.get("aggregations", {}).get("services", {}).get("sum_other_doc_count", 0))
        if left:
            self.note(f"{self.name} holds lines of over {SERVICES} services; {left:,} lines are left out")
        return list(self._counted(found))

    def _count_body(self, scope: Scope, window: TimeWindow) -> dict[str, Any]:
        options, width_ms = self._options, max(scope.bucket_ns // 1_000_000, 1)
        lines = {"top_hits": {"size": PER_BUCKET, "_source": self._fields()}}
        times = {
            "date_histogram": {
                "field": options.time_field,
                "fixed_interval": f"{width_ms}ms",
                "offset": f"{scope.incident.start_ns // 1_000_000 % width_ms}ms",
                "min_doc_count": 1,
            },
            "aggs": {"lines": lines},
        }
        severities = {"terms": {"field": options.severity_field, "size": 10, "missing": ""}, "aggs": {"times": times}}
        services = {"terms": {"field": options.service_field, "size": SERVICES}, "aggs": {"severities": severities}}
        return {"size": 0, "query": self._within(window), "aggs": {"services": services}}

    def _counted(self, found: dict[str, Any]) -> Iterator[Counted]:
        sampled = 0
        for service in _buckets(found, "services"):
            for severity in _buckets(service, "severities"):
                for bucket in _buckets(severity, "times"):
                    rows = [self._row(hit) for hit in bucket["lines"]["hits"]["hits"]]
                    sampled += int(bucket["doc_count"]) > len(rows)
                    yield from estimated(float(bucket["doc_count"]), int(bucket["key"]) * 1_000_000, rows)
        if sampled:
            self.note(
                f"{self.name} cannot mask lines: in {sampled:,} stretches of time, counts are estimated from "
                f"{PER_BUCKET} lines each; rare lines may be missed"
            )

    def find(self, window: TimeWindow, service: str, text: str, limit: int) -> list[LogRow]:
        """Return lines that contain a text, as the index breaks it into words."""
        wanted: list[dict[str, Any]] = [self._within(window)]
        if service:
            wanted.append({"term": {self._options.service_field: service}})
        if text:
            wanted.append({"match_phrase": {self._options.message_field: text}})
        body = {
            "size": min(limit, 10_000),
            "query": {"bool": {"filter": wanted}},
            "sort": [{self._options.time_field: "asc"}],
            "_source": self._fields(),
        }
        return [self._row(hit) for hit in self._search(body)["hits"]["hits"]]

    def _within(self, window: TimeWindow) -> dict[str, Any]:
        times = {"gte": to_iso(window.start_ns), "lt": to_iso(window.end_ns)}
        return {"range": {self._options.time_field: {**times, "format": "strict_date_optional_time_nanos"}}}

    def _fields(self) -> list[str]:
        options = self._options
        return [
            options.time_field,
            options.service_field,
            options.severity_field,
            options.message_field,
            options.trace_field,
            options.span_field,
            options.pod_field,
        ]

    def _search(self, body: dict[str, Any]) -> dict[str, Any]:
        """Return the answer to a search; parts of an index that did not answer are noted.

        Raises:
            SourceError: the backend does not answer, or not a single part of the index does.
        """
        index = ",".join(segment(name) for name in self._options.index.split(","))
        params = {"ignore_unavailable": "true", "allow_no_indices": "true", "track_total_hits": "false"}
        found: dict[str, Any] = self._reader.ask(Ask(f"/{index}/_search", params=params, body=body)).json()
        if not isinstance(found, dict) or not {"hits", "aggregations", "_shards"} & found.keys():
            raise SourceError(f"{self.name} does not answer as Elasticsearch or OpenSearch does", "is its url right?")
        shards = found.get("_shards") or {}
        if shards.get("failed"):
            self.note(f"{self.name} answered from {shards['successful']} of {shards['total']} shards")
        if shards.get("total") == 0:
            raise SourceError(f"{self.name} has no index {self._options.index}", "set index of this source")
        return found

    def _row(self, hit: dict[str, Any]) -> LogRow:
        source, options = hit.get("_source") or {}, self._options
        return LogRow(
            time_ns=_time_ns(_field(source, options.time_field)),
            service=self.renamed(str(_field(source, options.service_field) or "")),
            pod=str(_field(source, options.pod_field) or ""),
            severity=str(_field(source, options.severity_field) or ""),
            body=str(_field(source, options.message_field) or ""),
            trace_id=str(_field(source, options.trace_field) or ""),
            span_id=str(_field(source, options.span_field) or ""),
        )


def _buckets(holder: dict[str, Any], name: str) -> list[dict[str, Any]]:
    inside = holder.get("aggregations", holder)
    found: list[dict[str, Any]] = inside.get(name, {}).get("buckets", [])
    return found


def _field(source: dict[str, Any], path: str) -> Any:
    """Return a field of a document, which may be nested or have dots in its name."""
    if path in source:
        return source[path]
    head, _, rest = path.partition(".")
    inside = source.get(head)
    return _field(inside, rest) if rest and isinstance(inside, dict) else None


def _time_ns(value: Any) -> int:
    """Return Unix nanoseconds of a date: a text in ISO 8601, or milliseconds."""
    return int(value) * 1_000_000 if isinstance(value, int | float) else parse_moment(str(value or "1970-01-01"))
