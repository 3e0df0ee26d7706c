"""LogSource of the embedded store: masking and counting happen inside DuckDB."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tools.errors import InputError
from tools.evidence import Subject
from tools.sources.rows import LogRow, MaskedLines, Two
from tools.store.command import show_command
from tools.store.engine import Engine, per_window
from tools.store.parquet import literal
from tools.window import Scope, TimeWindow

LINE_LIMIT = 400
"""Characters of a line that are read: a template shows in its beginning, a payload follows."""
MASKS = (
    (r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}", "<id>"),
    (r"\b(0x)?[0-9a-fA-F]*\d[0-9a-fA-F]{7,}\b", "<id>"),
    (r"\b\w+@[\w.-]+\.\w+\b", "<mail>"),
    (r"\d+([.:,-]\d+)*", "<n>"),
    (r'"[^"]{0,200}"', '"<s>"'),
)
"""Pattern and replacement, in order: ids, addresses, numbers, quoted values."""


def masked_sql(column: str = "body") -> str:
    """Return the SQL expression that unwraps a JSON line's message and masks what varies."""
    head = f"left({column}, {LINE_LIMIT})"
    message = (
        f"CASE WHEN starts_with({column}, '{{') AND json_valid({column}) THEN "
        f"left(coalesce({column}->>'$.message', {column}->>'$.msg', {column}->>'$.log', {column}), {LINE_LIMIT}) "
        f"ELSE {head} END"
    )
    for pattern, replacement in MASKS:
        message = f"regexp_replace({message}, {literal(pattern)}, {literal(replacement)}, 'g')"
    return message


class EmbeddedLogs:
    """Log records of an incident folder and its baseline folder.

    Args:
        engine: the shared database.
        folder: the incident folder, named in queries.
        paths: log files of the incident.
        baseline: log files of the baseline folder.
    """

    name = "logs.parquet"

    def __init__(self, engine: Engine, folder: Path, paths: Sequence[Path], baseline: Sequence[Path] = ()) -> None:
        self._engine = engine
        self._folder = folder
        self._select = engine.union("logs", paths, baseline)

    def extent(self) -> TimeWindow | None:
        """Return the time range of all records."""
        return self._engine.extent("logs", self._select)

    def services(self) -> list[str]:
        """Return all services, sorted."""
        rows = self._engine.rows(f"SELECT DISTINCT service FROM ({self._select}) WHERE service IS NOT NULL")
        return sorted(str(name) for (name,) in rows)

    def degradations(self) -> list[str]:
        """Return nothing: no line is left out, only its tail."""
        return []

    def query(self, method: str, scope: Scope, subject: Subject) -> str:
        """Return the `whydown show` command that prints the numbers."""
        return show_command(self._folder, "logs", method, scope, subject)

    def sql(self, method: str, scope: Scope) -> str:
        """Return a script for any DuckDB shell behind `lines`: one row a masked line with its counts.

        Raises:
            InputError: another method was asked for.
        """
        if method != "lines":
            raise InputError(f"no SQL is kept for the table {method}", "known: lines")
        return f"{self.lines_sql(scope).strip()};"

    def lines(self, scope: Scope) -> list[MaskedLines]:
        """Return counts per service and masked line."""
        rows = self._engine.rows(self.lines_sql(scope))
        return [_masked(row, scope) for row in rows]

    def lines_sql(self, scope: Scope) -> str:
        """Return the query behind `lines`."""
        return f"""
SELECT service, upper(coalesce(severity, '')) AS severity, {masked_sql()} AS masked,
       left(arg_max(body, role), 2000), coalesce(arg_max(trace_id, role), ''),
       count(*) FILTER (WHERE role = 0), count(*) FILTER (WHERE role = 1),
       coalesce(min(time_unix_nano) FILTER (WHERE role = 1), 0), histogram(bucket) FILTER (WHERE role = 1)
FROM ({per_window(self._select, scope, "logs")}) WHERE body IS NOT NULL AND service IS NOT NULL
GROUP BY service, 2, 3 ORDER BY service, 2, 3"""

    def search(self, window: TimeWindow, service: str, text: str, limit: int) -> list[LogRow]:
        """Return lines of a service (empty: any) that contain a text (empty: any), oldest first."""
        by_service = f"AND service = {literal(service)}" if service else ""
        by_text = f"AND contains(lower(body), lower({literal(text)}))" if text else ""
        rows = self._engine.rows(f"""
SELECT time_unix_nano, service, coalesce(pod, ''), coalesce(severity, ''), body, coalesce(trace_id, ''),
       coalesce(span_id, '')
FROM ({self._select}) WHERE time_unix_nano >= {window.start_ns} AND time_unix_nano < {window.end_ns}
     {by_service} {by_text} ORDER BY time_unix_nano LIMIT {limit}""")
        return [LogRow(*row) for row in rows]


def _masked(row: tuple[object, ...], scope: Scope) -> MaskedLines:
    service, severity, masked, example, trace_id, n0, n1, first, histogram = row
    counted: dict[int, int] = dict(histogram or {})  # type: ignore[call-overload]  # a DuckDB MAP
    buckets = np.array(sorted(counted), dtype=np.int64)
    return MaskedLines(
        service=str(service),
        severity=str(severity),
        masked=str(masked),
        example=str(example),
        trace_id=str(trace_id),
        n=Two(int(str(n0)), int(str(n1))),
        first_ns=int(str(first)),
        times=buckets * scope.bucket_ns + scope.incident.start_ns,
        counts=np.array([counted[int(bucket)] for bucket in buckets], dtype=np.float64),
    )
