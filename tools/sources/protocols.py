"""The seam to telemetry: one small protocol a signal, designed for push-down.

An analyser asks for aggregates over a `Scope`; a source computes them where the data is. A new backend
implements the protocols of the signals it holds. Every method may raise `SourceError`.
`query` gives a text that a reader can run to see the same numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol, runtime_checkable

from tools.evidence import Subject
from tools.sources.fetched import Fetched
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

Order = Literal["slowest", "failed", "earliest", "median"]
"""Which traces to sample: the slowest, those with an error, the first with an error, or typical ones."""

FAILED: tuple[Order, ...] = ("failed", "earliest")
"""Orders that put failed spans first; where there are too few, others follow."""


class Source(Protocol):
    """What all sources have in common."""

    name: str

    def extent(self) -> TimeWindow | None:
        """Return the time range that the source holds, None when it is empty."""
        ...

    def services(self) -> list[str]:
        """Return the names of all services, sorted."""
        ...

    def degradations(self) -> list[str]:
        """Return one sentence for everything that could not be read or was left out."""
        ...

    def query(self, method: str, scope: Scope, subject: Subject) -> str:
        """Return the text that reproduces the numbers of `method` about a subject, for a reader to run."""
        ...


class TraceSource(Source, Protocol):
    """Spans."""

    def operations(self, scope: Scope) -> list[OperationStats]:
        """Return self-time, duration and errors per service and operation."""
        ...

    def edges(self, scope: Scope) -> list[EdgeStats]:
        """Return time on the wire per caller, callee and operation."""
        ...

    def calls(self, scope: Scope) -> list[CallStats]:
        """Return call counts per entry operation and call."""
        ...

    def entries(self, scope: Scope) -> list[EntryStats]:
        """Return traffic, latency and errors per entry operation."""
        ...

    def topology(self, scope: Scope) -> list[Call]:
        """Return the service-level call graph over both windows."""
        ...

    def segments(self, scope: Scope, service: str, operation: str, slow_ns: float) -> list[SegmentStats]:
        """Return per attribute value of one operation's spans how many failed or took longer than `slow_ns`."""
        ...

    def resource(self, service: str) -> dict[str, str]:
        """Return resource attributes of a service, empty when none are known."""
        ...

    def examples(self, window: TimeWindow, service: str, operation: str, order: Order, limit: int) -> list[SpanRow]:
        """Return a few spans of one operation."""
        ...

    def trace(self, trace_id: str) -> list[SpanRow]:
        """Return all spans of one trace, by start time; empty when unknown."""
        ...


class LogSource(Source, Protocol):
    """Log records."""

    def lines(self, scope: Scope) -> list[MaskedLines]:
        """Return counts per service and masked line."""
        ...

    def search(self, window: TimeWindow, service: str, text: str, limit: int) -> list[LogRow]:
        """Return lines of a service (empty: any) that contain a text (empty: any), oldest first."""
        ...


class MetricSource(Source, Protocol):
    """Metric points."""

    def series(self, scope: Scope) -> list[MetricSeries]:
        """Return every series that has points in both windows or in one of them."""
        ...


@runtime_checkable
class DetailedMetrics(MetricSource, Protocol):
    """Metric points of a backend that knows more about a series than its levels."""

    def details(self, scope: Scope, series: Sequence[MetricSeries]) -> list[MetricDetail]:
        """Return what is known about each of a few series, in order; nothing where it does not answer."""
        ...


class ChangeSource(Source, Protocol):
    """Deploys, configuration, feature flags, commits."""

    def changes(self, window: TimeWindow) -> list[ChangeRow]:
        """Return changes inside a window, oldest first."""
        ...


@runtime_checkable
class LiveSource(Source, Protocol):
    """A source elsewhere: reading it costs something, and can be stopped."""

    def fetched(self) -> Fetched:
        """Return what reading cost so far."""
        ...

    def close(self) -> None:
        """Cancel what is under way and close connections; closing twice is fine."""
        ...


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A source that is configured but did not answer when it was opened, and why."""

    signal: str
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Telemetry:
    """All sources of one incident. A missing signal is None, and the report says so."""

    traces: TraceSource | None = None
    logs: LogSource | None = None
    metrics: MetricSource | None = None
    changes: ChangeSource | None = None
    graph: Sequence[Call] = field(default_factory=tuple)
    """Edges known from elsewhere (a topology file), used where traces are missing."""
    unanswered: Sequence[Unanswered] = field(default_factory=tuple)
    """Sources that are left out because they did not answer."""

    def available(self) -> dict[str, bool]:
        """Tell which signals answer."""
        return {name: getattr(self, name) is not None for name in ("traces", "logs", "metrics", "changes")}

    def present(self) -> list[Source]:
        """Return the sources that answer."""
        return [s for s in (self.traces, self.logs, self.metrics, self.changes) if s is not None]

    def close(self) -> None:
        """Cancel what is under way with live sources; nothing can be asked of them afterwards."""
        for source in self.present():
            if isinstance(source, LiveSource):
                source.close()
