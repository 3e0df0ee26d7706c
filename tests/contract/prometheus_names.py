"""A recording's metrics as Prometheus would name them.

Names follow OpenTelemetry's conventions for Prometheus: dots become underscores, the unit and `_total` are appended.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from evals.bench.live.remote_write import Labels, Series

_UNITS = {"s": "_seconds", "By": "_bytes", "1": "_ratio"}


def recorded_series(files: Sequence[Path]) -> Series:
    """Return the series of metrics files as Prometheus would have them."""
    series: dict[Labels, list[tuple[int, float]]] = defaultdict(list)
    names = [str(file) for file in files]
    query = f"""SELECT timestamp, service, metric, value, pod, unit, type, monotonic, "count" AS n, "sum" AS total,
                       map_entries(attributes) AS attributes
                FROM read_parquet({names}, union_by_name=true) ORDER BY timestamp"""
    columns = (
        "timestamp",
        "service",
        "metric",
        "value",
        "pod",
        "unit",
        "type",
        "monotonic",
        "n",
        "total",
        "attributes",
    )
    for values in duckdb.execute(query).fetchall():
        row = dict(zip(columns, values, strict=True))
        for name, value in _parts(row):
            labels = {"__name__": name, "job": row["service"], "instance": row["pod"] or ""}
            labels |= {_plain(entry["key"]): entry["value"] for entry in row["attributes"] or []}
            series[tuple(sorted(labels.items()))].append((round(row["timestamp"] * 1000), value))
    return series


def _parts(row: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    base = _plain(row["metric"]) + _UNITS.get(row["unit"] or "", "")
    if row["type"] == "histogram":
        yield f"{base}_count", row["n"]
        yield f"{base}_sum", row["total"]
        yield f"{base}_bucket", row["n"]  # the +Inf bucket, so that the family looks like one
    else:
        counter = row["type"] == "sum" and row["monotonic"]
        yield f"{base}_total" if counter else base, row["value"]


def _plain(name: str) -> str:
    return name.replace(".", "_")
