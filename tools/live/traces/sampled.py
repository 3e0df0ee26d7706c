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
from tools.window import NS, Scope, TimeWindow

StoredRow = tuple[object, ...]
"""A span with the columns of `tools.store.columns.TRACES`."""
_TRACE, _SPAN, _START = 0, 1, 5
"""Positions of columns in it."""


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
        named = opening.settings.services
        self._opened: dict[Scope, EmbeddedTraces] = {}
        self._originals = {ours: theirs for theirs, ours in named.items()}

    @abstractmethod
    def fetch(self, stretches: Sequence[TimeWindow], per_stretch: int) -> Iterable[StoredRow]:
        """Return the spans of up to `per_stretch` traces that begin in each stretch, as rows of the store.

        Raises:
            SourceError: nothing was answered.
        """

    @abstractmethod
    def fetch_trace(self, trace_id: str) -> Iterable[StoredRow]:
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
        horizon = self._opening.horizon
        with self.understood():
            found = list(self.fetch_trace(trace_id))
        # Of spans that were sent again with another time, the copy that the investigation looks at.
        found.sort(key=lambda row: horizon.contains(int(str(row[_START]))))
        rows = {(row[_TRACE], row[_SPAN]): row for row in found}
        stored = str(found[0][_TRACE]) if found else ""  # an id without its leading zeros finds it too
        return self._open(list(rows.values())).trace(stored) if rows else []

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
        with self.understood():
            found = {(row[_TRACE], row[_SPAN], row[_START]): row for row in self.fetch(stretches, per_stretch)}
        rows = list(found.values())
        self._reader.count_rows(len(rows))
        self._say(scope, rows, per_stretch)
        store = self._open(rows)
        self._opened[scope] = store
        return store

    def _say(self, scope: Scope, rows: list[StoredRow], per_stretch: int) -> None:
        windows = (scope.incident, *scope.baseline)
        traces = [
            {row[_TRACE] for row in rows if any(w.contains(int(str(row[_START]))) for w in those)}
            for those in (windows[:1], windows[1:])
        ]
        self.note(
            f"{self.name} cannot aggregate: {len(traces[0]):,} traces of the incident and {len(traces[1]):,} of the "
            f"baseline ({len(rows):,} spans) were read, about {per_stretch} of every {scope.bucket_ns / NS:g} s at "
            "most; counts are of these, not of all traffic"
        )

    def _open(self, rows: list[StoredRow]) -> EmbeddedTraces:
        """Return a store of the spans, in a folder that goes with it."""
        import pyarrow.parquet as pq

        from tools.otlp.parts.tables import table_of

        folder = Path(tempfile.mkdtemp(prefix="whydown-traces-"))
        file = folder / "traces.parquet"
        pq.write_table(table_of("traces", rows), file)
        settings = StoreSettings()
        engine = Engine(settings.memory_limit, settings.threads)
        store = EmbeddedTraces(engine, self._opening.origin, open_relation(engine, "traces", [file]))
        weakref.finalize(store, shutil.rmtree, folder, ignore_errors=True)
        return store
