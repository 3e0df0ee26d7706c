"""A trace source over a backend that hands out traces but no aggregates.

A bounded number of whole traces is fetched from evenly spread stretches of both windows, and the embedded
store computes from them. What is fetched does not grow with traffic.
"""

from __future__ import annotations

import shutil
import tempfile
import weakref
from abc import abstractmethod
from collections.abc import Iterable, Sequence
from pathlib import Path

import httpx
from pydantic import Field

from tools.config import StoreSettings
from tools.errors import InputError
from tools.live.once import Once
from tools.live.opening import Opening, Options
from tools.live.source import HttpSource
from tools.live.traces.slices import slices
from tools.sources.protocols import Order
from tools.sources.rows import (
    Call,
    CallStats,
    EdgeStats,
    EntryStats,
    OperationStats,
    SegmentStats,
    SpanRow,
)
from tools.store.engine import Engine
from tools.store.relation import open_relation
from tools.store.traces import EmbeddedTraces
from tools.window import Scope, TimeWindow

Rows = dict[tuple[str, str], tuple[object, ...]]
"""(trace id, span id) → span with the columns of `tools.store.columns.TRACES`."""


class SampledOptions(Options):
    """How much is fetched."""

    traces_per_window: int = Field(
        default=300, ge=20, le=5000, description="whole traces fetched of the incident and of the baseline each"
    )


class SampledTraces(HttpSource):
    """Whole traces, computed by the embedded store. A subclass says how traces are asked for."""

    def __init__(self, opening: Opening, transport: httpx.AsyncBaseTransport | None = None) -> None:
        super().__init__(opening, transport)
        self.per_window = opening.options(SampledOptions).traces_per_window
        self.once = Once()
        named = opening.settings.services
        self._opened: dict[Scope, EmbeddedTraces] = {}
        self._originals = {ours: theirs for theirs, ours in named.items()}

    @abstractmethod
    def fetch(self, stretches: Sequence[TimeWindow], per_stretch: int) -> Iterable[tuple[object, ...]]:
        """Return the spans of up to `per_stretch` traces that begin in each stretch, as rows of the store.

        Raises:
            SourceError: nothing was answered.
        """

    @abstractmethod
    def fetch_trace(self, trace_id: str) -> Iterable[tuple[object, ...]]:
        """Return the spans of one trace as rows of the store; none when it is unknown."""

    def original(self, service: str) -> str:
        """Return what the backend calls a service, given its name in reports."""
        return self._originals.get(service, service)

    def operations(self, scope: Scope) -> list[OperationStats]:
        """Return self-time, duration and errors per service and operation."""
        return self._store(scope).operations(scope)

    def edges(self, scope: Scope) -> list[EdgeStats]:
        """Return time on the wire per caller, callee and operation."""
        return self._store(scope).edges(scope)

    def calls(self, scope: Scope) -> list[CallStats]:
        """Return call counts per entry operation and call."""
        return self._store(scope).calls(scope)

    def entries(self, scope: Scope) -> list[EntryStats]:
        """Return traffic, latency and errors per entry operation."""
        return self._store(scope).entries(scope)

    def topology(self, scope: Scope) -> list[Call]:
        """Return the service-level call graph over both windows."""
        return self._store(scope).topology(scope)

    def segments(self, scope: Scope, service: str, operation: str, slow_ns: float) -> list[SegmentStats]:
        """Return per attribute value of one operation's spans how many failed or took longer than `slow_ns`."""
        return self._store(scope).segments(scope, service, operation, slow_ns)

    def resource(self, service: str) -> dict[str, str]:
        """Return resource attributes of a service, as far as sampled spans carry them."""
        for store in self._stores():
            if found := store.resource(service):
                return found
        return {}

    def examples(self, window: TimeWindow, service: str, operation: str, order: Order, limit: int) -> list[SpanRow]:
        """Return a few of the sampled spans of one operation."""
        known = [store for store in self._stores() if (extent := store.extent()) and extent.intersect(window)]
        stores = known or [self._store(Scope.of(window, []))]
        return stores[0].examples(window, service, operation, order, limit)

    def trace(self, trace_id: str) -> list[SpanRow]:
        """Return all spans of one trace, by start time; empty when unknown."""
        rows = _distinct(self.fetch_trace(trace_id))
        return self._open(rows).trace(trace_id) if rows else []

    def sql(self, method: str, scope: Scope) -> str:
        """Refuse: no query of the backend gives these numbers.

        Raises:
            InputError: always.
        """
        raise InputError(
            f"{self.name} has no query for the table {method}", "it is computed from sampled traces; leave --sql out"
        )

    def _stores(self) -> list[EmbeddedTraces]:
        """Return the samples of the scopes asked about so far."""
        return list(self._opened.values())

    def _store(self, scope: Scope) -> EmbeddedTraces:
        return self.once.get(("store", scope), lambda: self._sample(scope))

    def _sample(self, scope: Scope) -> EmbeddedTraces:
        stretches = slices(scope)
        incident = [part for part in stretches if scope.incident.contains(part.start_ns)]
        per_stretch = max(1, self.per_window // max(len(incident), 1))
        rows = _distinct(self.fetch(stretches, per_stretch))
        self._reader.count_rows(len(rows))
        self._say(scope, rows, per_stretch)
        store = self._open(rows)
        self._opened[scope] = store
        return store

    def _say(self, scope: Scope, rows: Rows, per_stretch: int) -> None:
        starts: dict[str, int] = {}
        for (trace, _), row in rows.items():
            starts[trace] = min(int(str(row[_START])), starts.get(trace, 2**63))
        after = sum(1 for start in starts.values() if scope.incident.contains(start))
        self.note(
            f"{self.name} cannot aggregate: {after:,} traces of the incident and {len(starts) - after:,} of the baseline "
            f"({len(rows):,} spans) were read, at most about {per_stretch} of every {scope.bucket_ns / 1e9:g} s; "
            "counts are of these, not of all traffic"
        )

    def _open(self, rows: Rows) -> EmbeddedTraces:
        """Return a store of the spans, in a folder that goes with it."""
        import pyarrow.parquet as pq

        from tools.otlp.parts.tables import table_of

        folder = Path(tempfile.mkdtemp(prefix="whydown-traces-"))
        file = folder / "traces.parquet"
        pq.write_table(table_of("traces", list(rows.values())), file)
        settings = StoreSettings()
        engine = Engine(settings.memory_limit, settings.threads)
        store = EmbeddedTraces(engine, self._opening.origin, open_relation(engine, "traces", [file]))
        weakref.finalize(store, shutil.rmtree, folder, ignore_errors=True)
        return store


_START = 5
"""Column of a span's start in `tools.store.columns.TRACES`."""


def _distinct(rows: Iterable[tuple[object, ...]]) -> Rows:
    """Return spans by their ids: a trace found twice counts once."""
    return {(str(row[0]), str(row[1])): row for row in rows}
