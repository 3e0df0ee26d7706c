"""Table of attribute values on one operation's spans."""

from __future__ import annotations

from agent.show.request import Filters
from agent.show.table import Column, Table, make, text, two
from agent.show.traces import source
from tools.errors import InputError
from tools.sources import Telemetry
from tools.sources.rows import SegmentStats
from tools.window import Scope

_COLUMNS: list[Column[SegmentStats]] = [
    text("key", lambda s: s.key),
    text("value", lambda s: s.value),
    *two("spans", "spans", "", lambda s: s.n),
    *two("bad", "failed or slow", "", lambda s: s.bad),
]


def segments(telemetry: Telemetry, scope: Scope, wanted: Filters) -> Table:
    """Return per attribute value how many spans failed or were slower than the baseline's 90th percentile.

    Raises:
        InputError: service or operation is not given.
    """
    traces = source(telemetry)
    if not (wanted.service and wanted.operation):
        raise InputError("the table segments needs --service and --operation", "find them with --table operations")
    known = {(o.service, o.operation): o.total.baseline.p90 for o in traces.operations(scope)}
    slow_ns = known.get((wanted.service, wanted.operation), float("nan"))
    found = traces.segments(scope, wanted.service, wanted.operation, slow_ns if slow_ns == slow_ns else 0.0)
    rows = [row for row in found if wanted.name in ("", row.key, f"{row.key}={row.value}")]
    rows.sort(key=lambda row: (-_moved(row), row.key, row.value))
    title = f"attribute values of {wanted.service} {wanted.operation}"
    return make("segments", title, _COLUMNS, rows, scope, wanted.limit)


def _moved(row: SegmentStats) -> float:
    return row.bad.incident - row.bad.baseline * row.n.incident / max(row.n.baseline, 1)
