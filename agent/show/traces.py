"""Tables of the trace source: operations, edges, entries and calls."""

from __future__ import annotations

import math

from agent.show.request import Filters
from agent.show.spreads import median_plot, plots_of, spread_columns
from agent.show.table import Column, Table, make, text, two, value
from tools.analysers.repeats import requests_of
from tools.sources import Telemetry, TraceSource
from tools.sources.rows import Buckets, CallStats, EdgeStats, EntryStats, OperationStats, Two
from tools.window import NS, Scope


def source(telemetry: Telemetry) -> TraceSource:
    """Return the trace source, whose presence the request has checked."""
    assert telemetry.traces is not None
    return telemetry.traces


def operations(telemetry: Telemetry, scope: Scope, wanted: Filters) -> Table:
    """Return self-time, duration and errors per operation, those with the most time to explain first."""
    traces = source(telemetry)
    rows = [o for o in traces.operations(scope) if wanted.keep(service=o.service, operation=o.operation)]
    rows.sort(key=lambda o: (-abs(o.excess), -_busy(o.own.incident.mean, o.own.incident.n)))
    columns: list[Column[OperationStats]] = [
        text("service", lambda o: o.service),
        text("operation", lambda o: o.operation),
        *two("calls", "calls", "", lambda o: Two(o.total.baseline.n, o.total.incident.n), rank=1, baseline_rank=2),
        *spread_columns("own", "self", lambda o: o.own),
        *spread_columns("total", "total", lambda o: o.total, rank=2),
        *two("errors", "errors", "", lambda o: o.errors, rank=1, baseline_rank=2),
        *two("error_origins", "errors that start here", "", lambda o: o.error_origins, rank=2),
        *two("error_origins_percent", "share that starts here", "%", lambda o: _percent(o, o.error_origins), rank=2),
        *two("errors_propagated", "errors from below", "", _propagated, rank=2),
        *two("errors_propagated_percent", "share from below", "%", lambda o: _percent(o, _propagated(o)), rank=2),
        value("excess_ns", "self-time added per request", "ns", lambda o: o.excess, rank=2),
    ]
    plots = plots_of(
        rows, lambda o: median_plot(f"self-time of {o.service} {o.operation}, median", o.own, o.buckets, scope)
    )
    return make(
        "operations", "operations", columns, rows, scope, wanted.limit, notes=traces.degradations(), plots=plots
    )


def _busy(mean: float, n: int) -> float:
    return mean * n if math.isfinite(mean) else 0.0


def _propagated(stats: OperationStats) -> Two[int]:
    errors, origins = stats.errors, stats.error_origins
    return Two(errors.baseline - origins.baseline, errors.incident - origins.incident)


def _percent(stats: OperationStats, failed: Two[int]) -> Two[float]:
    """Return failed spans in percent of all; 0 where there are none."""
    before, after = stats.total.baseline.n, stats.total.incident.n
    return Two(failed.baseline / before * 100 if before else 0.0, failed.incident / after * 100 if after else 0.0)


def edges(telemetry: Telemetry, scope: Scope, wanted: Filters) -> Table:
    """Return time between services per caller, callee and operation."""
    traces = source(telemetry)
    rows = [e for e in traces.edges(scope) if wanted.keep(service=e.service, peer=e.peer, operation=e.operation)]
    rows.sort(key=lambda e: (-abs(e.excess), -_busy(e.gap.incident.mean, e.gap.incident.n)))
    columns: list[Column[EdgeStats]] = [
        text("service", lambda e: e.service),
        text("peer", lambda e: e.peer),
        text("operation", lambda e: e.operation),
        text("leaf", lambda e: "yes" if e.leaf else "no", head="peer sends no spans", rank=2),
        *two("calls", "calls", "", lambda e: Two(e.gap.baseline.n, e.gap.incident.n), rank=2),
        *spread_columns("gap", "gap", lambda e: e.gap),
        *two("stray_p50_ns", "callee out of the call by p50", "ns", _stray, rank=2),
        *two("errors", "errors", "", lambda e: e.errors, rank=2),
        value("excess_ns", "gap added per request", "ns", lambda e: e.excess, rank=2),
    ]
    plots = plots_of(
        rows, lambda e: median_plot(f"gap {e.service} → {e.peer} ({e.operation}), median", e.gap, e.buckets, scope)
    )
    title = "time between services (for a peer that sends no spans: the whole call)"
    return make("edges", title, columns, rows, scope, wanted.limit, notes=traces.degradations(), plots=plots)


def _stray(edge: EdgeStats) -> Two[float]:
    return Two(edge.stray.baseline.p50, edge.stray.incident.p50)


def entries(telemetry: Telemetry, scope: Scope, wanted: Filters) -> Table:
    """Return traffic, latency and errors per entry operation, the busiest first."""
    traces = source(telemetry)
    rows = [e for e in traces.entries(scope) if wanted.keep(service=e.service, operation=e.operation)]
    rows.sort(key=lambda e: -(e.duration.baseline.n + e.duration.incident.n))
    columns: list[Column[EntryStats]] = [
        text("service", lambda e: e.service),
        text("operation", lambda e: e.operation),
        *two("requests", "requests", "", lambda e: Two(e.duration.baseline.n, e.duration.incident.n), rank=2),
        *two("rate_per_second", "rate", "1/s", lambda e: _rate(e, scope), rank=1),
        *spread_columns("total", "total", lambda e: e.duration),
        *two("errors", "errors", "", lambda e: e.errors, rank=1, baseline_rank=2),
    ]
    plots = plots_of(
        rows, lambda e: median_plot(f"duration of {e.service} {e.operation}, median", e.duration, e.buckets, scope)
    )
    return make(
        "entries", "entry operations", columns, rows, scope, wanted.limit, notes=traces.degradations(), plots=plots
    )


def _rate(entry: EntryStats, scope: Scope) -> Two[float]:
    """Return requests per second; baseline time without any request (a gap in the data) does not count."""
    covered = max(_occupied(entry.buckets.baseline), 1) * scope.bucket_ns / NS
    return Two(entry.duration.baseline.n / covered, entry.duration.incident.n / scope.incident.seconds)


def _occupied(buckets: Buckets) -> int:
    return int(buckets.times.size)


def calls(telemetry: Telemetry, scope: Scope, wanted: Filters) -> Table:
    """Return how many spans of an operation make each call, those whose share changed most first."""
    traces = source(telemetry)
    every = traces.calls(scope)
    requests = requests_of(every)
    rows = [
        c for c in every if wanted.keep(service=c.service, operation=c.operation, peer=c.peer, name=c.peer_operation)
    ]
    rows.sort(key=lambda c: -abs(_share(c).incident - _share(c).baseline))
    columns: list[Column[CallStats]] = [
        text("service", lambda c: c.service),
        text("operation", lambda c: c.operation),
        text("peer", lambda c: c.peer, rank=1),
        text("peer_operation", lambda c: c.peer_operation, head="calls"),
        *two("parents", "caller spans", "", lambda c: Two(c.made.baseline.total, c.made.incident.total)),
        *two("with_call", "with this call", "", lambda c: Two(c.made.baseline.taken, c.made.incident.taken)),
        *two("share_percent", "share", "%", _share, rank=1),
        text("given", lambda c: c.given, head="by callers of", rank=1),
        text("entry", lambda c: c.entry, rank=2),
        *two("requests", "requests of entry", "", lambda c: requests.get(c.entry, Two(0, 0)), rank=2),
        *two("per_request", "runs a request", "", lambda c: _per_request(c, requests.get(c.entry, Two(0, 0))), rank=2),
    ]
    return make(
        "calls",
        "calls per caller operation and entry",
        columns,
        rows,
        scope,
        wanted.limit,
        notes=traces.degradations(),
        plots=[],
    )


def _per_request(call: CallStats, requests: Two[int]) -> Two[float]:
    base, now = call.made.baseline.total, call.made.incident.total
    return Two(base / max(requests.baseline, 1), now / max(requests.incident, 1))


def _share(call: CallStats) -> Two[float]:
    base, now = call.made.baseline, call.made.incident
    return Two(
        100 * base.taken / base.total if base.total else 0.0,
        100 * now.taken / now.total if now.total else 0.0,
    )
