"""Write a recording's metrics to a backend as Prometheus would name them, by remote write 1.0.

The format is protobuf in snappy's block format; a block of literals only is valid snappy, so neither needs a library.
Names follow OpenTelemetry's conventions for Prometheus: dots become underscores, the unit and `_total` are appended.
"""

from __future__ import annotations

import struct
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import httpx

Series = Mapping[tuple[tuple[str, str], ...], list[tuple[int, float]]]
"""Labels, sorted → points of (milliseconds, value)."""
_UNITS = {"s": "_seconds", "By": "_bytes", "1": "_ratio"}
_BATCH = 200


def recorded_series(metrics: Path) -> Series:
    """Return the series of a metrics.parquet as Prometheus would have them."""
    series: dict[tuple[tuple[str, str], ...], list[tuple[int, float]]] = defaultdict(list)
    query = f"""SELECT timestamp, service, metric, value, pod, unit, type, monotonic, "count" AS n, "sum" AS total,
                       map_entries(attributes) AS attributes FROM '{metrics}' ORDER BY timestamp"""
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


def write(url: str, series: Series) -> None:
    """Send all series to a remote-write endpoint."""
    items = list(series.items())
    for first in range(0, len(items), _BATCH):
        message = b"".join(_field(1, _time_series(labels, points)) for labels, points in items[first : first + _BATCH])
        answer = httpx.post(
            url,
            content=_snappy(message),
            headers={"Content-Encoding": "snappy", "Content-Type": "application/x-protobuf"},
            timeout=30,
            trust_env=False,
        )
        assert answer.status_code < 300, answer.text


def _time_series(labels: Iterable[tuple[str, str]], points: Iterable[tuple[int, float]]) -> bytes:
    named = b"".join(_field(1, _field(1, name.encode()) + _field(2, value.encode())) for name, value in labels)
    return named + b"".join(
        _field(2, b"\x09" + struct.pack("<d", value) + b"\x10" + _varint(moment)) for moment, value in points
    )


def _field(number: int, content: bytes) -> bytes:
    return bytes([number << 3 | 2]) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def _snappy(message: bytes) -> bytes:
    out = bytearray(_varint(len(message)))
    for first in range(0, len(message), 65536):
        part = message[first : first + 65536]
        out += b"\xf4" + struct.pack("<H", len(part) - 1) + part
    return bytes(out)
