"""The SQL behind a table, for a reader who trusts nobody."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from tools.errors import InputError
from tools.sources import Telemetry
from tools.store.source import EmbeddedSource
from tools.window import Scope

LEGEND = """-- role: 1 is the incident window, 0 the baseline. bucket: a stretch of a window, NULL the whole of it.
-- Durations and gaps are in ns; quantiles are the 25th, 50th, 75th, 90th and 99th percentile.
"""


@runtime_checkable
class ReproducibleInSql(Protocol):
    """A source whose aggregates are SQL."""

    def sql(self, method: str, scope: Scope) -> str:
        """Return a script for any DuckDB shell; of a live backend, its own queries."""
        ...


def script(signal: str, table: str, telemetry: Telemetry, scope: Scope) -> str:
    """Return the script that reproduces a table.

    Raises:
        InputError: no SQL makes this table.
    """
    source = telemetry.traces if signal == "topology" else getattr(telemetry, signal)
    if not isinstance(source, ReproducibleInSql):
        raise InputError(f"no SQL makes the table {table}", "leave --sql out")
    legend = LEGEND if isinstance(source, EmbeddedSource) else ""
    return legend + source.sql(table, scope)
