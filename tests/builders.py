"""Build small incident folders for tests: typed rows in, Parquet files out.

Times are seconds after `T0`, durations milliseconds. The usual test compares `INCIDENT` (seconds 60 to
120) with `BASELINE` (seconds 0 to 60), which is what `SCOPE` holds.

    folder = Folder(tmp_path).spans(
        Span("t1", "a", service="front", at=5, ms=30),
        Span("t1", "b", "a", service="back", at=5.01, ms=10),
    )
    telemetry = folder.open()
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tools.config import StoreSettings
from tools.incident import open_folder
from tools.sources import ChangeSource, LogSource, MetricSource, Telemetry, TraceSource
from tools.store.columns import SCHEMAS
from tools.store.open import open_telemetry
from tools.window import NS, Scope, TimeWindow

T = TypeVar("T")
T0 = 1_700_000_000
"""Unix seconds at which the tests' time begins."""
MS = 1_000_000
"""Nanoseconds in a millisecond."""
_ARROW = {
    "VARCHAR": pa.string(),
    "BIGINT": pa.int64(),
    "DOUBLE": pa.float64(),
    "BOOLEAN": pa.bool_(),
    "DOUBLE[]": pa.list_(pa.float64()),
    "MAP(VARCHAR, VARCHAR)": pa.map_(pa.string(), pa.string()),
}


def ns(at: float) -> int:
    """Return Unix nanoseconds of seconds after `T0`, exact to the microsecond."""
    return T0 * NS + round(at * 1_000_000) * 1_000


def window(start: float, end: float) -> TimeWindow:
    """Return a window of seconds after `T0`."""
    return TimeWindow(start_ns=ns(start), end_ns=ns(end))


BASELINE, INCIDENT = window(0, 60), window(60, 120)
SCOPE = Scope.of(INCIDENT, [BASELINE])


@dataclass(frozen=True, slots=True)
class Span:
    """One span. `error` sets the status; an empty parent makes it a root."""

    trace: str
    id: str
    parent: str = ""
    service: str = "front"
    operation: str = "GET /"
    at: float = 0.0
    ms: float = 1.0
    error: bool = False
    kind: str = ""
    peer: str = ""
    pod: str = ""
    status_message: str = ""
    events: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    resource: Mapping[str, str] = field(default_factory=dict)

    def row(self) -> dict[str, object]:
        """Return the columns of traces.parquet."""
        return {
            "trace_id": self.trace,
            "span_id": self.id,
            "parent_span_id": self.parent or None,
            "service": self.service,
            "operation": self.operation,
            "start_unix_nano": ns(self.at),
            "duration_ns": round(self.ms * MS),
            "pod": self.pod,
            "status": "ERROR" if self.error else "UNSET",
            "kind": self.kind,
            "peer": self.peer,
            "status_message": self.status_message,
            "events": self.events or None,
            "attributes": list(self.attributes.items()),
            "resource": list(self.resource.items()),
        }


@dataclass(frozen=True, slots=True)
class Log:
    """One log record."""

    service: str
    body: str
    at: float = 0.0
    severity: str = "INFO"
    pod: str = ""
    trace: str = ""
    span: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)

    def row(self) -> dict[str, object]:
        """Return the columns of logs.parquet."""
        return {
            "time_unix_nano": ns(self.at),
            "service": self.service,
            "body": self.body,
            "severity": self.severity,
            "pod": self.pod,
            "trace_id": self.trace or None,
            "span_id": self.span or None,
            "attributes": list(self.attributes.items()),
        }


@dataclass(frozen=True, slots=True)
class Point:
    """One metric point; a gauge unless `type` says otherwise. `count` and `total` are for histograms."""

    service: str
    metric: str
    value: float | None
    at: float = 0.0
    pod: str = ""
    peer: str = ""
    type: str = "gauge"
    unit: str = ""
    temporality: str | None = None
    monotonic: bool | None = None
    count: float | None = None
    total: float | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)

    def row(self) -> dict[str, object]:
        """Return the columns of metrics.parquet."""
        return {
            "timestamp": T0 + self.at,
            "service": self.service,
            "metric": self.metric,
            "value": self.value,
            "pod": self.pod,
            "peer": self.peer,
            "type": self.type,
            "unit": self.unit,
            "temporality": self.temporality,
            "monotonic": self.monotonic,
            "count": self.count,
            "sum": self.total,
            "attributes": list(self.attributes.items()),
        }


def gauge(service: str, metric: str, values: Iterable[float], start: float = 0.0, step: float = 10.0) -> list[Point]:
    """Return a gauge's points, one every `step` seconds."""
    return [Point(service, metric, value, at=start + step * i) for i, value in enumerate(values)]


class Folder:
    """An incident folder that is written as rows are added; every call that adds rows writes a part.

    The first part of a signal is `<signal>.parquet`, further ones lie in the folder `<signal>/`.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir(parents=True, exist_ok=True)

    def spans(self, *rows: Span) -> Self:
        """Write spans."""
        return self.rows("traces", [row.row() for row in rows])

    def logs(self, *rows: Log) -> Self:
        """Write log records."""
        return self.rows("logs", [row.row() for row in rows])

    def metrics(self, *rows: Point) -> Self:
        """Write metric points."""
        return self.rows("metrics", [row.row() for row in rows])

    def rows(self, signal: str, rows: list[dict[str, Any]]) -> Self:
        """Write rows as they are, with the store's column types; absent columns become NULL."""
        schema = pa.schema([(column.name, _ARROW[column.type]) for column in SCHEMAS[signal]])
        pq.write_table(pa.Table.from_pylist(rows, schema=schema), self._next_part(signal))
        return self

    def _next_part(self, signal: str) -> Path:
        single, parts = self.path / f"{signal}.parquet", self.path / signal
        if not single.exists():
            return single
        parts.mkdir(exist_ok=True)
        return parts / f"part-{len(list(parts.iterdir())):04d}.parquet"

    def incident(self, **fields: object) -> Self:
        """Write incident.json; without fields it holds the windows of `SCOPE`."""
        windows = {"normal_window_unix": [T0, T0 + 60], "fault_window_unix": [T0 + 60, T0 + 120]}
        return self._json("incident.json", {"schema_version": 1, **(fields or windows)})

    def change(self, at: float, service: str, kind: str = "deploy", summary: str = "", reference: str = "") -> Self:
        """Add an entry to changes.json."""
        file = self.path / "changes.json"
        known = json.loads(file.read_text()) if file.exists() else []
        entry = {"time_unix": T0 + at, "kind": kind, "service": service, "summary": summary, "reference": reference}
        return self._json("changes.json", [*known, entry])

    def topology(self, *edges: tuple[str, str, int]) -> Self:
        """Write topology.json: (caller, callee, calls)."""
        return self._json("topology.json", {"edges": edges})

    def _json(self, name: str, content: object) -> Self:
        (self.path / name).write_text(json.dumps(content))
        return self

    def open(self, settings: StoreSettings | None = None) -> Telemetry:
        """Open the folder as an investigation does."""
        return open_telemetry(open_folder(self.path), settings or StoreSettings())

    def traces(self, settings: StoreSettings | None = None) -> TraceSource:
        """Open the folder and return its trace source."""
        return _present(self.open(settings).traces)

    def log_source(self) -> LogSource:
        """Open the folder and return its log source."""
        return _present(self.open().logs)

    def metric_source(self) -> MetricSource:
        """Open the folder and return its metric source."""
        return _present(self.open().metrics)

    def change_source(self) -> ChangeSource:
        """Open the folder and return its change source."""
        return _present(self.open().changes)


def _present(source: T | None) -> T:
    assert source is not None
    return source


SHOP_EDGES = (("front", "cart"), ("front", "pay"), ("pay", "bank"))
SHOP_OWN_MS = {"front": 5.0, "cart": 8.0, "pay": 10.0, "bank": 6.0}
_SHOP_CALLERS = {"": (), "front": ("front",), "cart": ("cart", "front"), "pay": ("pay", "front")}
_SHOP_CALLERS["bank"] = ("bank", "pay", "front")


def shop(
    start: float,
    seconds: int,
    slow: Mapping[str, float] | None = None,
    wire: Mapping[str, float] | None = None,
    failing: str = "",
) -> list[Span]:
    """Return one request a second through a small shop: front → cart, then front → pay → bank.

    Args:
        start: seconds after `T0`; also the seed of the noise (10 % of each service's own time).
        seconds: how many requests.
        slow: milliseconds of self-time added to a service.
        wire: milliseconds added on the way to a service.
        failing: a service whose spans fail; its callers fail with it.
    """
    random = np.random.default_rng(round(start))
    failed = frozenset(_SHOP_CALLERS[failing])
    return [
        span
        for second in range(seconds)
        for span in _shop_request(start + second, random, slow or {}, wire or {}, failed)
    ]


def _shop_request(
    at: float, random: np.random.Generator, slow: Mapping[str, float], wire: Mapping[str, float], failed: frozenset[str]
) -> list[Span]:
    trace = f"{round(at * 1000):032x}"
    took = {name: ms * random.lognormal(0, 0.1) + slow.get(name, 0.0) for name, ms in SHOP_OWN_MS.items()}
    gap = {callee: 0.5 + wire.get(callee, 0.0) for _, callee in SHOP_EDGES}
    took["pay"] += took["bank"] + gap["bank"]
    took["front"] += took["cart"] + gap["cart"] + took["pay"] + gap["pay"]
    begin = {"front": at}
    spans = [Span(trace, "s-front", "", "front", "GET /", at, took["front"], "front" in failed, "server")]
    for caller, callee in SHOP_EDGES:
        earlier = took["cart"] + gap["cart"] if callee == "pay" else 0.0
        leaves, bad = begin[caller] + (1.0 + earlier) / 1000, callee in failed
        begin[callee] = leaves + gap[callee] / 2000
        total = took[callee] + gap[callee]
        spans += [
            Span(trace, f"c-{callee}", f"s-{caller}", caller, f"call {callee}", leaves, total, bad, "client"),
            Span(
                trace,
                f"s-{callee}",
                f"c-{callee}",
                callee,
                f"serve {callee}",
                begin[callee],
                took[callee],
                bad,
                "server",
            ),
        ]
    return spans
