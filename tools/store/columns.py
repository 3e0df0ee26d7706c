"""Columns of the embedded store's Parquet files: the OpenTelemetry data model, flattened.

Only the required columns must exist; readers fill the others with NULL. Writers (import, collector)
write all of them. `metrics` has `timestamp` in seconds for compatibility with scrapes.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its DuckDB type, whether a file must have it, and what it means."""

    name: str
    type: str
    required: bool = False
    meaning: str = ""


TEXT, MAP = "VARCHAR", "MAP(VARCHAR, VARCHAR)"

TRACES = (
    Column("trace_id", TEXT, True, "lower-case hex"),
    Column("span_id", TEXT, True, "lower-case hex"),
    Column("parent_span_id", TEXT, False, "NULL or empty on a root span"),
    Column("service", TEXT, True, "resource attribute service.name"),
    Column("operation", TEXT, True, "span name"),
    Column("start_unix_nano", "BIGINT", True, "Unix nanoseconds"),
    Column("duration_ns", "BIGINT", True, "nanoseconds"),
    Column("pod", TEXT, False, "k8s.pod.name, else service.instance.id or host.name"),
    Column("status", TEXT, False, "UNSET, OK or ERROR"),
    Column("kind", TEXT, False, "server, client, producer, consumer or internal"),
    Column("status_message", TEXT, False, "why the status is ERROR"),
    Column(
        "peer",
        TEXT,
        False,
        "uninstrumented callee: peer.service, db.system, messaging.system or server.address",
    ),
    Column("attributes", MAP, False, "span attributes as text"),
    Column("resource", MAP, False, "resource attributes as text"),
    Column("events", TEXT, False, "JSON list of {name, time_unix_nano, attributes}"),
    Column("links", TEXT, False, "JSON list of {trace_id, span_id}"),
)
LOGS = (
    Column("time_unix_nano", "BIGINT", True, "Unix nanoseconds"),
    Column("service", TEXT, True, "resource attribute service.name"),
    Column("body", TEXT, True, "the line"),
    Column("pod", TEXT),
    Column("severity", TEXT, False, "severity text"),
    Column("trace_id", TEXT),
    Column("span_id", TEXT),
    Column("attributes", MAP, False, "log attributes as text, such as exception.type"),
    Column("resource", MAP),
)
METRICS = (
    Column("timestamp", "DOUBLE", True, "Unix seconds"),
    Column("service", TEXT, True, "service, or node where there is no service"),
    Column("metric", TEXT, True, "instrument name"),
    Column("value", "DOUBLE", True, "gauge or sum value; mean of a histogram point"),
    Column("pod", TEXT),
    Column("peer", TEXT, False, "callee, for metrics of an edge"),
    Column("type", TEXT, False, "gauge, sum, histogram, exponential_histogram or summary"),
    Column("unit", TEXT),
    Column("temporality", TEXT, False, "delta or cumulative"),
    Column("monotonic", "BOOLEAN", False, "true for counters"),
    Column("start_unix_nano", "BIGINT", False, "start of a cumulative or delta point"),
    Column("attributes", MAP),
    Column("count", "DOUBLE", False, "histogram: observations"),
    Column("sum", "DOUBLE", False, "histogram: sum of observations"),
    Column("bucket_counts", "DOUBLE[]"),
    Column("explicit_bounds", "DOUBLE[]"),
    Column("resource", MAP),
)
SCHEMAS: dict[str, tuple[Column, ...]] = {"traces": TRACES, "logs": LOGS, "metrics": METRICS}
