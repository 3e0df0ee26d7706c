"""Table of attribute values on one operation's spans."""

from __future__ import annotations

from agent.show.request import Filters
from agent.show.table import Column, Table, make, text, two
from agent.show.traces import source
from tools.errors import InputError
from tools.sources import Telemetry
from tools.sources.rows import SegmentStats, Two
from tools.window import Scope

_COLUMNS: list[Column[SegmentStats]] = [
    text("key", lambda s: s.key),
    text("value", lambda s: s.value),
    *two("spans", "spans", "", lambda s: s.n),
    *two("errors", "errors", "", lambda s: s.errors, wide_baseline=True),
    *two("duration_mean_ns", "mean", "ns", lambda s: s.duration),
]


def segments(telemetry: Telemetry, scope: Scope, wanted: Filters) -> Table:
    """Return counts and mean duration per attribute value, the greatest change of total time first.

    Raises:
        InputError: service or operation is not given.
    """
    traces = source(telemetry)
    if not (wanted.service and wanted.operation):
        raise InputError("the table segments needs --service and --operation", "find them with --table operations")
    found = traces.segments(scope, wanted.service, wanted.operation)
    rows = [row for row in found if wanted.keep(name=row.key)]
    rows.sort(key=lambda row: (-_moved(row), row.key, row.value))
    title = f"attribute values of {wanted.service} {wanted.operation}"
    return make("segments", title, _COLUMNS, rows, scope, wanted.limit)


def _moved(row: SegmentStats) -> float:
    added: Two[float] = row.duration
    return abs(added.incident - added.baseline) * row.n.incident
