"""Read Parquet files as one relation with the store's columns, whatever optional ones are missing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tools.errors import FormatError, SourceError
from tools.store.columns import MAP, SCHEMAS, TEXT, Column
from tools.store.engine import Engine
from tools.store.scoped import literal

_INTEGERS = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"})
_NUMBERS = _INTEGERS | {f"U{name}" for name in _INTEGERS} | {"DOUBLE", "FLOAT", "DECIMAL"}
_ACCEPTED = {
    TEXT: frozenset({"VARCHAR", "BLOB", "UUID", "ENUM"}),
    "BIGINT": _NUMBERS,
    "DOUBLE": _NUMBERS,
}
"""For required columns: the types that hold the same thing. Values that cannot be converted become NULL."""


def file_list(paths: Sequence[Path]) -> str:
    """Return `read_parquet([...])` over the given files."""
    names = ", ".join(literal(str(path)) for path in paths)
    return f"read_parquet([{names}], union_by_name = true)"


def read_files(engine: Engine, signal: str, paths: Sequence[Path]) -> tuple[str, list[str]]:
    """Return a SELECT over the files that yields exactly the store's columns of one signal, and notes.

    A note is a sentence on an optional column that cannot be used.

    Raises:
        FormatError: a file is not Parquet, is truncated, or a column is missing or of a foreign type.
    """
    present = describe(engine, signal, paths)
    parts, notes = [], []
    for column in SCHEMAS[signal]:
        found = present.get(column.name)
        if column.required:
            _check_required(engine, signal, column, found, paths)
        expression = _expression(column, found)
        if expression is None:
            notes.append(f"column {column.name} of the {signal} is {found}, not {column.type}, and is left out")
        parts.append(f"{expression or f'NULL::{column.type}'} AS {column.name}")
    return f"SELECT {', '.join(parts)} FROM {file_list(paths)}", notes


def describe(engine: Engine, signal: str, paths: Sequence[Path]) -> dict[str, str]:
    """Return name and DuckDB type of every column in the files.

    Raises:
        FormatError: a file is not Parquet or is truncated.
    """
    try:
        rows = engine.rows(f"DESCRIBE SELECT * FROM {file_list(paths)}")
    except SourceError as error:
        broken = next((path for path in paths if not _readable(engine, path)), paths[0])
        raise FormatError(f"{broken} cannot be read as {signal}", f"write it again ({error.remedy})") from error
    return {str(name): str(kind) for name, kind, *_ in rows}


def _readable(engine: Engine, path: Path) -> bool:
    try:
        engine.rows(f"SELECT * FROM {file_list([path])} LIMIT 0")
    except SourceError:
        return False
    return True


def _check_required(engine: Engine, signal: str, column: Column, found: str | None, paths: Sequence[Path]) -> None:
    if found is None:
        have = ", ".join(sorted(describe(engine, signal, paths[:1]))[:8])
        raise FormatError(f"{paths[0]} has no column {column.name!r}", f"it has {have}")
    if _base(found) in _ACCEPTED[column.type]:
        return
    for path in paths:
        kind = describe(engine, signal, [path]).get(column.name, column.type)
        if _base(kind) not in _ACCEPTED[column.type]:
            raise FormatError(f"column {column.name!r} of {path} is {kind}", f"it must be {column.type}")


def _expression(column: Column, found: str | None) -> str | None:
    """Return the SQL that reads a column; None when its type cannot be used."""
    if found is None:
        return f"NULL::{column.type}"
    if found == column.type:
        return column.name
    nested = _base(found) in {"STRUCT", "MAP"} or found.endswith("[]")
    if column.type == MAP:
        # JSON text, structs and maps of numbers all become maps of text by way of JSON.
        usable = _base(found) in {"VARCHAR", "JSON", "STRUCT", "MAP"}
        return f"TRY_CAST(TRY_CAST({column.name} AS JSON) AS {MAP})" if usable else None
    if column.type == TEXT:
        return f"to_json({column.name})::VARCHAR" if nested else f"TRY_CAST({column.name} AS VARCHAR)"
    if column.type.endswith("[]"):
        return f"TRY_CAST({column.name} AS {column.type})" if found.endswith("[]") else None
    scalar = not nested and _base(found) in _NUMBERS | {"BOOLEAN", "VARCHAR"}
    return f"TRY_CAST({column.name} AS {column.type})" if scalar else None


def _base(kind: str) -> str:
    """Return a type without its parameters: DECIMAL(18,3) is DECIMAL."""
    return kind.partition("(")[0]
