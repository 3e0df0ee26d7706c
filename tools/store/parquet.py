"""Read Parquet files as one relation with the store's columns, whatever optional ones are missing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from tools.errors import FormatError
from tools.store.columns import SCHEMAS, Column

_FAMILIES = {
    "VARCHAR": ("VARCHAR", "BLOB", "UUID", "ENUM"),
    "BIGINT": (
        "BIGINT",
        "INTEGER",
        "UBIGINT",
        "UINTEGER",
        "SMALLINT",
        "HUGEINT",
        "DOUBLE",
        "FLOAT",
        "DECIMAL",
    ),
    "DOUBLE": (
        "DOUBLE",
        "FLOAT",
        "BIGINT",
        "INTEGER",
        "UBIGINT",
        "UINTEGER",
        "SMALLINT",
        "HUGEINT",
        "DECIMAL",
    ),
}


def literal(text: str) -> str:
    """Quote a text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def file_list(paths: Sequence[Path]) -> str:
    """Return `read_parquet([...])` over the given files."""
    names = ", ".join(literal(str(path)) for path in paths)
    return f"read_parquet([{names}], union_by_name = true)"


def relation(con: duckdb.DuckDBPyConnection, signal: str, paths: Sequence[Path]) -> str:
    """Return a SELECT over the files that yields exactly the store's columns of one signal.

    Raises:
        FormatError: a file is not Parquet, is truncated, or a column is missing or of a foreign type.
    """
    present = _describe(con, signal, paths)
    parts = [_select(column, present, paths) for column in SCHEMAS[signal]]
    return f"SELECT {', '.join(parts)} FROM {file_list(paths)}"


def _describe(con: duckdb.DuckDBPyConnection, signal: str, paths: Sequence[Path]) -> dict[str, str]:
    try:
        rows = con.execute(f"DESCRIBE SELECT * FROM {file_list(paths)}").fetchall()
    except duckdb.Error as error:
        broken = next((path for path in paths if not _readable(con, path)), paths[0])
        reason = str(error).splitlines()[0]
        raise FormatError(f"{broken} cannot be read as {signal}", f"write it again; DuckDB says: {reason}") from error
    return {str(name): str(kind) for name, kind, *_ in rows}


def _readable(con: duckdb.DuckDBPyConnection, path: Path) -> bool:
    try:
        con.execute(f"SELECT * FROM {file_list([path])} LIMIT 0")
    except duckdb.Error:
        return False
    return True


def _select(column: Column, present: dict[str, str], paths: Sequence[Path]) -> str:
    found = present.get(column.name)
    if found is None:
        if column.required:
            have = ", ".join(sorted(present)[:8])
            raise FormatError(f"{paths[0]} has no column {column.name!r}", f"it has {have}")
        return f"NULL::{column.type} AS {column.name}"
    allowed = _FAMILIES.get(column.type, ())
    foreign = column.required and found.partition("(")[0] not in allowed
    if foreign:
        raise FormatError(f"column {column.name!r} of {paths[0]} is {found}", f"it must be {column.type}")
    return f"TRY_CAST({column.name} AS {column.type}) AS {column.name}"
