"""What the ClickHouse sources have in common: SELECTs over its HTTP interface, read-only."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from typing import Any

import httpx
from pydantic import Field

from tools.errors import InputError, SourceError
from tools.live.http import Ask
from tools.live.opening import Opening, Options
from tools.live.source import HttpSource
from tools.window import Scope

Row = list[Any]
SPILL_ABOVE = 2 * 2**30
"""Bytes of a query above which the engine goes on on its disk."""


class ClickHouseOptions(Options):
    """Where the tables are, and how much of them is read. A table may be given as `database.table`."""

    database: str = Field(default="default", description="database that the collector's exporter writes to")
    traces_table: str = Field(default="otel_traces", description="table of spans")
    logs_table: str = Field(default="otel_logs", description="table of log records")
    metrics_tables: str = Field(default="otel_metrics", description="beginning of the names of the metric tables")
    max_spans: int = Field(default=2_000_000, ge=1000, description="spans that one window is computed from")
    max_lines: int = Field(default=2_000_000, ge=1000, description="log lines that one window is computed from")


class ClickHouseSource(HttpSource):
    """Asks one server; several threads may. Raw rows never leave it, except a few samples."""

    posts = ("/",)

    def __init__(self, opening: Opening, transport: httpx.AsyncBaseTransport | None = None) -> None:
        super().__init__(opening, transport)
        self.options = opening.options(ClickHouseOptions)
        named = opening.settings.services
        self._originals = {ours: theirs for theirs, ours in named.items()}

    def original(self, service: str) -> str:
        """Return what the backend calls a service, given its name in reports."""
        return self._originals.get(service, service)

    def sql(self, method: str, scope: Scope) -> str:
        """Return the SELECTs behind a method, for any ClickHouse client.

        Raises:
            InputError: the method has none to show.
        """
        scripts = self.scripts(scope)
        if method not in scripts:
            raise InputError(f"no SQL is kept for the table {method}", "known: " + ", ".join(scripts))
        return scripts[method].strip() + ";"

    def scripts(self, scope: Scope) -> Mapping[str, str]:
        """Return the SELECT by method."""
        raise NotImplementedError

    def rows(self, select: str) -> list[Row]:
        """Run a SELECT and return its rows; numbers are exact, NaN is None.

        Raises:
            SourceError: the server is dead, refuses, is too slow, or the budget is spent.
        """
        answer = self._reader.ask(Ask("/", params=self._params(), text=select))
        rows: list[Row] = answer.lines()
        if not all(isinstance(row, list) for row in rows):
            raise SourceError(f"{self.name} does not answer as ClickHouse does", "url is that of its HTTP interface")
        self._reader.count_rows(len(rows))
        return rows

    def _params(self) -> dict[str, str | int]:
        """Return the settings of a query: it may only read, and not for longer than we wait."""
        return {
            "database": self.options.database,
            "default_format": "JSONCompactEachRow",
            "readonly": 2,
            "wait_end_of_query": 1,  # an error in the middle becomes an error status
            "enable_http_compression": 1,
            "max_execution_time": ceil(self._opening.settings.timeout_seconds),
            "cancel_http_readonly_queries_on_client_close": 1,
            "output_format_json_quote_64bit_integers": 0,
            "output_format_json_quote_denormals": 0,
            "max_bytes_before_external_group_by": SPILL_ABOVE,
            "max_bytes_before_external_sort": SPILL_ABOVE,
        }
