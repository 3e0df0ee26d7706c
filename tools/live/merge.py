"""Several backends of one signal, read as one. A service is expected in one of them only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

from tools.errors import SourceError
from tools.evidence import Subject
from tools.sources import ChangeSource, DetailedMetrics, Fetched, LiveSource, LogSource, MetricSource, TraceSource
from tools.sources.protocols import Order
from tools.sources.rows import (
    Call,
    CallStats,
    ChangeRow,
    EdgeStats,
    EntryStats,
    LogRow,
    MaskedLines,
    MetricDetail,
    MetricSeries,
    OperationStats,
    SegmentStats,
    SpanRow,
)
from tools.window import Scope, TimeWindow

T = TypeVar("T")
S = TypeVar("S", TraceSource, LogSource, MetricSource, ChangeSource)


class Merged(Generic[S]):
    """What is the same for all signals: one backend that fails is noted, and the others answer."""

    def __init__(self, sources: Sequence[S]) -> None:
        self.name = ", ".join(source.name for source in sources)
        self._sources: Sequence[S] = sources
        self._notes: dict[str, None] = {}

    def extent(self) -> TimeWindow | None:
        """Return the time range of all."""
        found = [extent for source in self._sources if (extent := source.extent())]
        if not found:
            return None
        return TimeWindow(start_ns=min(e.start_ns for e in found), end_ns=max(e.end_ns for e in found))

    def services(self) -> list[str]:
        """Return the names of all services, sorted."""
        return sorted(set(self._all(lambda source: source.services())))

    def degradations(self) -> list[str]:
        """Return what each could not read, and which failed."""
        return [*self._notes, *(note for source in self._sources for note in source.degradations())]

    def query(self, method: str, scope: Scope, subject: Subject) -> str:
        """Return the text that asks all of them again."""
        first: S = self._sources[0]
        return first.query(method, scope, subject)

    def fetched(self) -> Fetched:
        """Return what reading all of them cost."""
        return sum((source.fetched() for source in self._live()), Fetched())

    def close(self) -> None:
        """Close all."""
        for source in self._live():
            source.close()

    def _live(self) -> list[LiveSource]:
        return [source for source in self._sources if isinstance(source, LiveSource)]

    def _all(self, ask: Callable[[S], Sequence[T]]) -> list[T]:
        """Return the rows of all that answer, asked at the same time: none waits for a slow one.

        Raises:
            SourceError: none does.
        """
        rows: list[T] = []
        failures: list[SourceError] = []
        with ThreadPoolExecutor(max_workers=len(self._sources)) as pool:
            answers = [pool.submit(ask, source) for source in self._sources]
        for source, answer in zip(self._sources, answers, strict=True):
            try:
                rows += answer.result()
            except SourceError as error:
                failures.append(error)
                self._notes[f"{source.name} is left out of an answer: {error.problem}"] = None
        if len(failures) == len(self._sources):
            raise failures[0]
        return rows


class MergedTraces(Merged[TraceSource]):
    """Spans of several backends."""

    def operations(self, scope: Scope) -> list[OperationStats]:
        """Return the operations of all."""
        return self._all(lambda source: source.operations(scope))

    def edges(self, scope: Scope) -> list[EdgeStats]:
        """Return the edges of all."""
        return self._all(lambda source: source.edges(scope))

    def calls(self, scope: Scope) -> list[CallStats]:
        """Return the calls of all."""
        return self._all(lambda source: source.calls(scope))

    def entries(self, scope: Scope) -> list[EntryStats]:
        """Return the entry operations of all."""
        return self._all(lambda source: source.entries(scope))

    def topology(self, scope: Scope) -> list[Call]:
        """Return the call graph of all, calls of the same edge added up."""
        calls: Counter[tuple[str, str]] = Counter()
        for call in self._all(lambda source: source.topology(scope)):
            calls[call.caller, call.callee] += call.calls
        return [Call(caller, callee, n) for (caller, callee), n in sorted(calls.items())]

    def segments(self, scope: Scope, service: str, operation: str, slow_ns: float) -> list[SegmentStats]:
        """Return the attribute values that any of them knows."""
        return self._all(lambda source: source.segments(scope, service, operation, slow_ns))

    def resource(self, service: str) -> dict[str, str]:
        """Return the resource attributes that the first one that knows the service has."""
        found = self._all(lambda source: [source.resource(service)])
        return next((attributes for attributes in found if attributes), {})

    def examples(self, window: TimeWindow, service: str, operation: str, order: Order, limit: int) -> list[SpanRow]:
        """Return a few spans of one operation."""
        return self._all(lambda source: source.examples(window, service, operation, order, limit))[:limit]

    def trace(self, trace_id: str) -> list[SpanRow]:
        """Return all spans of one trace, by start time."""
        return sorted(self._all(lambda source: source.trace(trace_id)), key=lambda span: span.start_ns)


class MergedLogs(Merged[LogSource]):
    """Log lines of several backends."""

    def lines(self, scope: Scope) -> list[MaskedLines]:
        """Return the masked lines of all."""
        return self._all(lambda source: source.lines(scope))

    def search(self, window: TimeWindow, service: str, text: str, limit: int) -> list[LogRow]:
        """Return lines of all, oldest first."""
        found = self._all(lambda source: source.search(window, service, text, limit))
        return sorted(found, key=lambda row: row.time_ns)[:limit]


class MergedMetrics(Merged[MetricSource]):
    """Metric series of several backends."""

    def series(self, scope: Scope) -> list[MetricSeries]:
        """Return the series of all."""
        return self._all(lambda source: source.series(scope))

    def details(self, scope: Scope, series: Sequence[MetricSeries]) -> list[MetricDetail]:
        """Return what the first one that knows a series says about it."""
        known = [source.details(scope, series) for source in self._sources if isinstance(source, DetailedMetrics)]
        nothing = MetricDetail()
        return [next((detail for detail in about if detail != nothing), nothing) for about in zip(*known, strict=True)]


class MergedChanges(Merged[ChangeSource]):
    """Changes that are noted in several places."""

    def changes(self, window: TimeWindow) -> list[ChangeRow]:
        """Return the changes of all, oldest first."""
        return sorted(self._all(lambda source: source.changes(window)), key=lambda row: row.time_ns)
