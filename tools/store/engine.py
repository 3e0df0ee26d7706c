"""One in-process DuckDB database, shared by the embedded sources of one incident."""

from __future__ import annotations

import shutil
import tempfile
import threading
import weakref
from typing import Any

import duckdb

from tools.errors import ConfigError, SourceError


class Engine:
    """A DuckDB database with a memory limit; every call uses a cursor of its own, so threads may share it.

    Args:
        memory_limit: DuckDB's limit; above it, it spills to a temporary folder.
        threads: DuckDB's worker threads.

    Raises:
        ConfigError: DuckDB refuses the limit.
    """

    def __init__(self, memory_limit: str = "1GB", threads: int = 2) -> None:
        spill = tempfile.mkdtemp(prefix="whydown-spill-")
        weakref.finalize(self, shutil.rmtree, spill, ignore_errors=True)
        try:
            self._con = duckdb.connect(
                config={"memory_limit": memory_limit, "threads": threads, "temp_directory": spill}
            )
        except duckdb.Error as error:
            raise ConfigError(f"the embedded store refuses memory_limit {memory_limit!r}", _reason(error)) from error
        self.lock = threading.RLock()
        """Held by whoever makes tables or reads tables that another thread might replace."""

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Run a query and return all rows.

        Raises:
            SourceError: DuckDB refuses the query, cannot read a file or runs out of memory.
        """
        try:
            return self._con.cursor().execute(sql).fetchall()
        except duckdb.Error as error:
            raise _failure(error) from error

    def arrays(self, sql: str) -> dict[str, Any]:
        """Run a query and return its columns as numpy arrays.

        Raises:
            SourceError: as for `rows`.
        """
        try:
            return dict(self._con.cursor().execute(sql).fetchnumpy())
        except duckdb.Error as error:
            raise _failure(error) from error


def _failure(error: duckdb.Error) -> SourceError:
    if isinstance(error, duckdb.OutOfMemoryException):
        return SourceError(
            "the embedded store ran out of memory or of disk to spill to",
            "compare shorter windows, or raise store.memory_limit in whydown.toml",
        )
    return SourceError("the embedded store failed", _reason(error))


def _reason(error: duckdb.Error) -> str:
    """Return the first line: what follows quotes the query."""
    return str(error).splitlines()[0]
