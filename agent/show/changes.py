"""Table of recorded changes."""

from __future__ import annotations

from agent.show.request import Filters
from agent.show.table import TIME, Column, Table, make, text, value
from tools.sources import Telemetry
from tools.sources.rows import ChangeRow
from tools.window import NS, Scope


def changes(telemetry: Telemetry, scope: Scope, wanted: Filters) -> Table:
    """Return all changes, oldest first, with their distance from the start of the incident window."""
    source = telemetry.changes
    assert source is not None
    extent = source.extent()
    found = source.changes(extent) if extent else []
    rows = [c for c in found if wanted.keep(service=c.service) and wanted.name in ("", c.reference, c.kind)]
    columns: list[Column[ChangeRow]] = [
        value("time_unix_nano", "time (UTC)", TIME, lambda c: c.time_ns),
        value("after_start_minutes", "after start", "min", lambda c: (c.time_ns - scope.incident.start_ns) / NS / 60),
        text("kind", lambda c: c.kind),
        text("service", lambda c: c.service),
        text("author", lambda c: c.author, rank=1),
        text("reference", lambda c: c.reference),
        text("summary", lambda c: c.summary),
    ]
    return make("changes", "recorded changes", columns, rows, scope, wanted.limit)
