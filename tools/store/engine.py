"""One in-process DuckDB database, shared by the embedded sources of one incident."""

from __future__ import annotations

import shutil
import tempfile
import threading
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from tools.errors import SourceError
from tools.store.parquet import relation
from tools.window import Scope, TimeWindow

TIME_COLUMN = {"traces": "start_unix_nano", "logs": "time_unix_nano", "metrics": "(timestamp * 1e9)::BIGINT"}
"""Unix nanoseconds of a row."""


class Engine:
    """A DuckDB database with a memory limit; every call uses a cursor of its own, so threads may share it.

    Args:
        memory_limit: DuckDB's limit; above it, it spills to a temporary folder.
        threads: DuckDB's worker threads.
    """

    def __init__(self, memory_limit: str = "1GB", threads: int = 2) -> None:
        spill = tempfile.mkdtemp(prefix="whydown-spill-")
        weakref.finalize(self, shutil.rmtree, spill, ignore_errors=True)
        self._con = duckdb.connect(config={"memory_limit": memory_limit, "threads": threads, "temp_directory": spill})
        self.lock = threading.RLock()

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Run a query and return all rows.

        Raises:
            SourceError: DuckDB refuses the query or runs out of memory.
        """
        try:
            return self._con.cursor().execute(sql).fetchall()
        except duckdb.Error as error:
            raise SourceError("the embedded store failed", str(error).splitlines()[0]) from error

    def arrays(self, sql: str) -> dict[str, Any]:
        """Run a query and return its columns as numpy arrays.

        Raises:
            SourceError: as for `rows`.
        """
        try:
            return dict(self._con.cursor().execute(sql).fetchnumpy())
        except duckdb.Error as error:
            raise SourceError("the embedded store failed", str(error).splitlines()[0]) from error

    def union(self, signal: str, paths: Sequence[Path], baseline: Sequence[Path]) -> str:
        """Return a SELECT over an incident's files and those of its baseline folder.

        Baseline rows inside the incident files' time range are left out, so that nothing counts twice.

        Raises:
            FormatError: a file cannot be read.
        """
        own = relation(self._con, signal, paths)
        if not baseline:
            return own
        extent = self.extent(signal, own)
        other = relation(self._con, signal, baseline)
        if extent is None:
            return other
        column = TIME_COLUMN[signal]
        outside = f"({column} < {extent.start_ns} OR {column} >= {extent.end_ns})"
        return f"{own} UNION ALL SELECT * FROM ({other}) WHERE {outside}"

    def extent(self, signal: str, select: str) -> TimeWindow | None:
        """Return the time range of a relation, None when it has no rows."""
        column = TIME_COLUMN[signal]
        ((first, last),) = self.rows(f"SELECT min({column}), max({column}) FROM ({select})")
        return None if first is None else TimeWindow(start_ns=int(first), end_ns=int(last) + 1)


def windows_of(scope: Scope) -> list[tuple[int, TimeWindow]]:
    """Return (role, window) pairs; role 1 is the incident, 0 the baseline."""
    return [(1, scope.incident), *((0, window) for window in scope.baseline)]


def per_window(select: str, scope: Scope, signal: str, where: str = "TRUE") -> str:
    """Return a SELECT of the rows in scope, with `role` and `bucket` columns added.

    One branch a window, each a plain range on the time column, so that Parquet row groups outside it
    are not read.

    Args:
        select: relation of the signal.
        scope: the windows.
        signal: traces, logs or metrics.
        where: further condition on baseline rows, such as a sampling rule.
    """
    column = TIME_COLUMN[signal]
    origin, width = scope.incident.start_ns, scope.bucket_ns
    branches = [
        f"SELECT *, {role}::TINYINT AS role, floor(({column} - {origin}) / {width})::INTEGER AS bucket "
        f"FROM ({select}) WHERE {_range(signal, window)}" + ("" if role else f" AND {where}")
        for role, window in windows_of(scope)
    ]
    return " UNION ALL ".join(branches)


def _range(signal: str, window: TimeWindow) -> str:
    if signal == "metrics":
        return f"timestamp >= {window.start_ns / 1e9!r} AND timestamp < {window.end_ns / 1e9!r}"
    column = TIME_COLUMN[signal]
    return f"{column} >= {window.start_ns} AND {column} < {window.end_ns}"
