"""What a source answers: aggregates per subject, small enough to hold in memory.

All durations are nanoseconds, all times Unix nanoseconds. `Two` pairs the same number in the baseline
and in the incident window.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:  # importing it takes a third of the time in which an interface is to be painted
    import numpy as np
    from numpy.typing import NDArray

T = TypeVar("T")


def _no_instants() -> NDArray[np.int64]:
    import numpy as np

    return np.empty(0, np.int64)


def _no_numbers() -> NDArray[np.float64]:
    import numpy as np

    return np.empty(0)


@dataclass(frozen=True, slots=True)
class Two(Generic[T]):
    """The same quantity in both windows."""

    baseline: T
    incident: T


@dataclass(frozen=True, slots=True)
class Spread:
    """A distribution in one window: how many, mean and quantiles; NaN where there are none.

    `above_p50` and `above_p90` count the values above the *baseline's* quantiles.
    """

    n: int
    mean: float = float("nan")
    p25: float = float("nan")
    p50: float = float("nan")
    p75: float = float("nan")
    p90: float = float("nan")
    p99: float = float("nan")
    above_p50: int = 0
    above_p90: int = 0


@dataclass(frozen=True, slots=True)
class Buckets:
    """A series of time buckets: starts ascending, one count, median and 90th percentile each."""

    times: NDArray[np.int64] = field(default_factory=_no_instants)
    n: NDArray[np.float64] = field(default_factory=_no_numbers)
    p50: NDArray[np.float64] = field(default_factory=_no_numbers)
    p90: NDArray[np.float64] = field(default_factory=_no_numbers)


@dataclass(frozen=True, slots=True)
class Trials:
    """A series of time buckets: starts ascending, opportunities and how many of them were taken."""

    times: NDArray[np.int64] = field(default_factory=_no_instants)
    n: NDArray[np.float64] = field(default_factory=_no_numbers)
    hits: NDArray[np.float64] = field(default_factory=_no_numbers)

    @property
    def total(self) -> int:
        """Return all opportunities."""
        return int(self.n.sum())

    @property
    def taken(self) -> int:
        """Return all opportunities that were taken."""
        return int(self.hits.sum())


@dataclass(frozen=True, slots=True)
class OperationStats:
    """One operation of one service.

    `own` is self-time: duration not covered by child spans; `buckets` are of it, `total_buckets` of `total`.
    `excess` is the mean self-time a request
    of the incident window has more than baseline requests with the same entry operation, ns per request.
    `origins` are all spans, and those of `error_origins`, per time bucket.
    """

    service: str
    operation: str
    own: Two[Spread]
    total: Two[Spread]
    errors: Two[int]
    error_origins: Two[int]
    buckets: Two[Buckets]
    total_buckets: Two[Buckets]
    excess: float
    origins: Two[Trials] = field(default_factory=lambda: Two(Trials(), Trials()))


@dataclass(frozen=True, slots=True)
class EdgeStats:
    """One edge of the call graph: a client span and the one server span below it, or a client leaf.

    `gap` is client duration minus server duration (free of clock skew); for an uninstrumented callee
    (`leaf`) it is the whole client duration. `excess` as for operations. `stray` is by how much, ns,
    the server span begins before the call (negative) or ends after it although it is no longer than that, 0 where
    clocks agree; `stray_buckets` are of it. Both are empty for a leaf.
    """

    service: str
    peer: str
    operation: str
    leaf: bool
    gap: Two[Spread]
    errors: Two[int]
    buckets: Two[Buckets]
    excess: float
    stray: Two[Spread] = field(default_factory=lambda: Two(Spread(n=0), Spread(n=0)))
    stray_buckets: Two[Buckets] = field(default_factory=lambda: Two(Buckets(), Buckets()))


@dataclass(frozen=True, slots=True)
class CallStats:
    """How often spans of one caller operation make one call, within one entry operation.

    `made` counts caller spans, and those that make the call at least once. Conditional on the caller
    span, a vanished call points at the caller, and what would have followed further down is not
    counted against anyone. `given` narrows the caller spans to those of one kind of request: those whose
    rarest call is the given one (service and operation); empty for all caller spans.
    """

    entry: str
    service: str
    operation: str
    peer: str
    peer_operation: str
    made: Two[Trials]
    given: str = ""


@dataclass(frozen=True, slots=True)
class EntryStats:
    """One entry operation (root spans): traffic, latency and errors as a user feels them.

    `buckets` are of the duration, `failed` of the requests and those that ended in an error.
    """

    service: str
    operation: str
    duration: Two[Spread]
    errors: Two[int]
    buckets: Two[Buckets]
    failed: Two[Trials] = field(default_factory=lambda: Two(Trials(), Trials()))


@dataclass(frozen=True, slots=True)
class SegmentStats:
    """One value of one attribute on the spans of one operation: how many, and how many failed or were slow."""

    key: str
    value: str
    n: Two[int]
    bad: Two[int]


@dataclass(frozen=True, slots=True)
class Call:
    """An edge of the topology with its number of calls over both windows."""

    caller: str
    callee: str
    calls: int


@dataclass(frozen=True, slots=True)
class SpanRow:
    """One span, as stored.

    `status_message` says why it failed; where the status does not, type and message of an exception that
    one of its events records.
    """

    trace_id: str
    span_id: str
    parent_span_id: str
    service: str
    operation: str
    pod: str
    start_ns: int
    duration_ns: int
    status: str
    kind: str = ""
    status_message: str = ""
    attributes: dict[str, str] = field(default_factory=dict)


CLIMBED = 3
"""Spans above a line's own that are looked at for what the service was asked for: a framework makes one or two."""


@dataclass(frozen=True, slots=True)
class MaskedLines:
    """Log lines of one service that are equal once numbers, ids and the like are masked.

    `operation` is what the service was asked for when it wrote them: that of the highest span of its own around
    the line, empty when lines carry no known span id.

    `times` are the starts of the buckets in which they occur, `counts` how often.
    """

    service: str
    operation: str
    severity: str
    masked: str
    example: str
    trace_id: str
    n: Two[int]
    first_ns: int
    times: Two[NDArray[np.int64]]
    counts: Two[NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class LogRow:
    """One log line, as stored."""

    time_ns: int
    service: str
    pod: str
    severity: str
    body: str
    trace_id: str
    span_id: str


@dataclass(frozen=True, slots=True)
class MetricSeries:
    """One series: a metric of a service, pod, node or edge, split by its attributes.

    Counters arrive as rates per second and histograms as the mean of new observations, so that
    values can be compared as they are.
    """

    service: str
    pod: str
    peer: str
    metric: str
    attributes: str
    unit: str
    times: Two[NDArray[np.int64]]
    values: Two[NDArray[np.float64]]


Key = tuple[str, str, str, str, str]
"""Service, pod, peer, metric and attributes: what tells a series from all others."""


def key_of(series: MetricSeries) -> Key:
    """Return what tells a series from all others."""
    return series.service, series.pod, series.peer, series.metric, series.attributes


@dataclass(frozen=True, slots=True)
class Exemplar:
    """One observation of which a metric's backend remembers the trace; `value` is in the metric's unit."""

    time_ns: int
    value: float
    trace_id: str


@dataclass(frozen=True, slots=True)
class MetricDetail:
    """What a backend knows about one series beyond its levels; all of it may be missing.

    `quantiles` are those of a histogram's observations over each whole window, by name (p50, p99), in the
    unit of the series; `exemplars` are of the incident window, largest first; `rules` say in one sentence each
    which alert or recording rule reads the series.
    """

    quantiles: Mapping[str, Two[float]] = field(default_factory=dict)
    exemplars: tuple[Exemplar, ...] = ()
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One recorded change: a deploy, configuration, feature flag or commit."""

    time_ns: int
    kind: str
    service: str
    author: str
    reference: str
    summary: str
