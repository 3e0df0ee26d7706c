"""All rows of one signal: the files of an incident folder, joined with those of its baseline folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.errors import FormatError
from tools.store.engine import Engine
from tools.store.parquet import describe, read_files
from tools.store.scoped import TIME_COLUMN, literal
from tools.window import TimeWindow

EARLIEST_NS = 10**17
"""March 1973. Anything before is no time but a unit mistaken for nanoseconds, or a zero."""
_STORED = {"traces": "start_unix_nano", "logs": "time_unix_nano", "metrics": "timestamp"}
_UNIT = {"traces": "nanoseconds", "logs": "nanoseconds", "metrics": "seconds"}
_ROWS = {"traces": "spans", "logs": "log lines", "metrics": "metric points"}


@dataclass(frozen=True, slots=True)
class Relation:
    """One signal: a SELECT with the store's columns, its time range, and what had to be left out."""

    signal: str
    select: str
    extent: TimeWindow | None
    notes: tuple[str, ...] = ()


def open_relation(engine: Engine, signal: str, paths: Sequence[Path], baseline: Sequence[Path] = ()) -> Relation:
    """Return the rows of an incident's files and of its baseline folder's.

    Baseline rows inside the incident files' time range are left out, so that nothing counts twice.

    Raises:
        FormatError: a file cannot be read, has foreign columns, or holds no valid time at all.
    """
    own = _open_files(engine, signal, paths)
    if not baseline:
        return own
    other = _open_files(engine, signal, baseline)
    notes = tuple(dict.fromkeys((*own.notes, *other.notes)))
    if own.extent is None or other.extent is None:
        used = other if own.extent is None else own
        return Relation(signal, used.select, used.extent, notes)
    column = TIME_COLUMN[signal]
    outside = f"({column} < {own.extent.start_ns} OR {column} >= {own.extent.end_ns})"
    select = f"{own.select} UNION ALL SELECT * FROM ({other.select}) WHERE {outside}"
    start, end = min(own.extent.start_ns, other.extent.start_ns), max(own.extent.end_ns, other.extent.end_ns)
    return Relation(signal, select, TimeWindow(start_ns=start, end_ns=end), notes)


def _open_files(engine: Engine, signal: str, paths: Sequence[Path]) -> Relation:
    select, notes = read_files(engine, signal, paths)
    first, last, invalid = _range_from_statistics(engine, signal, paths) or _range_from_rows(engine, signal, select)
    if last is None and invalid:
        raise FormatError(
            f"column {_STORED[signal]!r} of {paths[0]} holds no valid time",
            f"write Unix {_UNIT[signal]}, UTC",
        )
    if invalid:
        notes.append(f"{invalid:,} {_ROWS[signal]} have no valid time and are left out")
    extent = None if first is None or last is None else TimeWindow(start_ns=first, end_ns=last + 1)
    return Relation(signal, select, extent, tuple(notes))


def _range_from_statistics(
    engine: Engine, signal: str, paths: Sequence[Path]
) -> tuple[int | None, int | None, int] | None:
    """Return first time, last time and rows without time from the files' footers; None if they do not tell.

    Reading footers costs the same for any number of rows. Statistics of floating point (metrics have
    seconds) say nothing about NaN, so those are read as rows.
    """
    if describe(engine, signal, paths)[_STORED[signal]] != "BIGINT":
        return None
    names = ", ".join(literal(str(path)) for path in paths)
    ((first, last, nulls, told, groups),) = engine.rows(f"""
SELECT min(low), max(high), sum(stats_null_count),
       count(*) FILTER (WHERE type = 'INT64' AND low IS NOT NULL AND high IS NOT NULL AND stats_null_count IS NOT NULL),
       count(*)
FROM (SELECT *, TRY_CAST(stats_min_value AS BIGINT) AS low, TRY_CAST(stats_max_value AS BIGINT) AS high
      FROM parquet_metadata([{names}]) WHERE path_in_schema = {literal(_STORED[signal])})""")
    if not groups or told < groups or first < EARLIEST_NS:
        return None
    return int(first), int(last), int(nulls)


def _range_from_rows(engine: Engine, signal: str, select: str) -> tuple[int | None, int | None, int]:
    column = TIME_COLUMN[signal]
    valid = f"moment >= {EARLIEST_NS}"
    ((first, last, invalid),) = engine.rows(f"""
SELECT min(moment) FILTER (WHERE {valid}), max(moment) FILTER (WHERE {valid}),
       count(*) - count(*) FILTER (WHERE {valid})
FROM (SELECT {column} AS moment FROM ({select}))""")
    return first, last, int(invalid)
