"""Tables of the log source: masked lines with counts, and a search."""

from __future__ import annotations

from agent.show.request import Filters
from agent.show.table import TIME, Column, Table, make, text, two, value
from tools.sources import LogSource, Telemetry
from tools.sources.rows import LogRow, MaskedLines
from tools.window import Scope


def _source(telemetry: Telemetry) -> LogSource:
    assert telemetry.logs is not None
    return telemetry.logs


def lines(telemetry: Telemetry, scope: Scope, wanted: Filters) -> Table:
    """Return lines that are equal once numbers and ids are masked, those whose count changed most first."""
    logs = _source(telemetry)
    rows = [row for row in logs.lines(scope) if wanted.keep(service=row.service, name=row.masked)]
    ratio = scope.incident.seconds / scope.baseline_seconds if scope.baseline else 0.0
    rows.sort(key=lambda row: -abs(row.n.incident - row.n.baseline * ratio))
    columns: list[Column[MaskedLines]] = [
        text("service", lambda r: r.service),
        text("severity", lambda r: r.severity),
        text("line", lambda r: r.masked),
        *two("n", "lines", "", lambda r: r.n),
        value("first_unix_nano", "first in incident", TIME, lambda r: r.first_ns or None, rank=2),
        text("example", lambda r: r.example, rank=2),
        text("trace_id", lambda r: r.trace_id, rank=2),
    ]
    notes = logs.degradations()
    return make("lines", "log lines, masked", columns, rows, scope, wanted.limit, notes=notes)


def search(telemetry: Telemetry, scope: Scope, wanted: Filters) -> Table:
    """Return the lines of the incident window that contain a text, oldest first."""
    found = _source(telemetry).search(scope.incident, wanted.service, wanted.search, wanted.limit or 1_000_000)
    rows = [row for row in found if wanted.keep(pod=row.pod)]
    columns: list[Column[LogRow]] = [
        value("time_unix_nano", "time (UTC)", TIME, lambda r: r.time_ns),
        text("service", lambda r: r.service),
        text("severity", lambda r: r.severity),
        text("body", lambda r: r.body),
        text("pod", lambda r: r.pod, rank=2),
        text("trace_id", lambda r: r.trace_id, rank=2),
    ]
    return make("search", "log lines in the incident window", columns, rows, scope)
