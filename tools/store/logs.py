"""LogSource of the embedded store: masking and counting happen inside DuckDB."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tools.sources.masks import EXAMPLE_LIMIT, LINE_LIMIT, MASKS
from tools.sources.rows import CLIMBED, LogRow, MaskedLines, Two
from tools.store.engine import Engine
from tools.store.relation import Relation
from tools.store.scoped import SERVICE, TIME_COLUMN, literal, per_window, service_is, within
from tools.store.source import EmbeddedSource
from tools.window import Scope, TimeWindow

WITH_EXCEPTION = """CASE WHEN attributes['exception.type'] IS NULL AND attributes['exception.message'] IS NULL
THEN body ELSE concat_ws(' ', trim(body), coalesce(attributes['exception.type'] || ':', ''),
attributes['exception.message']) END"""
"""A line with the exception that it was logged with: its own words are often the same for all of them."""


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


def served(spans: str, ids: str) -> str:
    """Return the query for the operation that was asked for where a span is at work.

    It is that of the highest span of the same service above it, `CLIMBED` at most; else its own.
    Its rows are `span_id` and `operation`.

    Args:
        spans: query for all spans in scope.
        ids: query for the spans that are asked about.
    """
    columns = "any_value(operation) AS operation, any_value(service) AS service, any_value(parent_span_id) AS above"
    steps = [f"at0 AS (SELECT span_id, {columns} FROM ({spans}) WHERE span_id IN ({ids}) GROUP BY span_id)"]
    for step in range(CLIMBED):
        steps += [
            f"up{step} AS (SELECT span_id, {columns} FROM ({spans}) "
            f"WHERE span_id IN (SELECT above FROM at{step}) GROUP BY span_id)",
            f"at{step + 1} AS (SELECT a.span_id, coalesce(u.operation, a.operation) AS operation, a.service, u.above "
            f"FROM at{step} a "
            f"LEFT JOIN up{step} u ON u.span_id = a.above AND u.service IS NOT DISTINCT FROM a.service)",
        ]
    return f"WITH {', '.join(steps)} SELECT span_id, operation FROM at{CLIMBED}"


class EmbeddedLogs(EmbeddedSource):
    """Log records of an incident folder and its baseline folder.

    Args:
        engine: the shared database.
        folder: the incident folder, named in queries.
        relation: all records.
        sample_above: bound on baseline lines masked and counted.
        spans: all spans, to tell in which operation a line was written; None when there are none.
    """

    methods = ("lines",)

    def __init__(
        self,
        engine: Engine,
        folder: Path,
        relation: Relation,
        sample_above: int = 2_000_000,
        spans: Relation | None = None,
    ) -> None:
        super().__init__(engine, folder, relation)
        self._sample_above = sample_above
        self._spans = spans

    def lines(self, scope: Scope) -> list[MaskedLines]:
        """Return counts per service and masked line."""
        keep_one_in = self._sampling(scope)
        if keep_one_in > 1:
            self._note(f"1 in {keep_one_in} baseline log lines is read, counts are scaled; rare lines may be missed")
        groups: dict[tuple[str, ...], list[tuple[Any, ...]]] = {}
        for row in self._engine.rows(self._lines_sql(scope, keep_one_in)):
            groups.setdefault(row[:4], []).append(row[4:])
        return [_masked(key, rows, scope, keep_one_in) for key, rows in groups.items()]

    def _script(self, method: str, scope: Scope) -> list[str]:
        return [self._lines_sql(scope, self._sampling(scope)).strip()]

    def _lines_sql(self, scope: Scope, keep_one_in: int) -> str:
        """Return the query for a row a service, operation, severity, masked line, window and bucket."""
        sample = f"hash({TIME_COLUMN['logs']}) % {keep_one_in} = 0" if keep_one_in > 1 else "TRUE"
        return f"""
SELECT {SERVICE} AS service, in_operation, upper(coalesce(severity, '')) AS severity, {masked_sql()} AS masked,
       role, bucket, count(*), min(time_unix_nano),
       arg_min(left(body, {EXAMPLE_LIMIT}), time_unix_nano), arg_min(coalesce(trace_id, ''), time_unix_nano)
FROM (SELECT * REPLACE ({WITH_EXCEPTION} AS body) FROM ({self._with_operation(scope, sample)}))
WHERE body IS NOT NULL
GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5 DESC, 6"""

    def _with_operation(self, scope: Scope, sample: str) -> str:
        """Return the lines in scope with the operation that the service was asked for when it wrote each."""
        rows = per_window(self._relation.select, scope, "logs", sample)
        if self._spans is None:
            return f"SELECT *, '' AS in_operation FROM ({rows})"
        spans = per_window(self._spans.select, scope, "traces")
        return f"""SELECT l.*, coalesce(k.operation, '') AS in_operation FROM ({rows}) l
LEFT JOIN ({served(spans, f"SELECT span_id FROM ({rows}) WHERE span_id <> ''")}) k ON k.span_id = l.span_id"""

    def _sampling(self, scope: Scope) -> int:
        if not scope.baseline:
            return 1
        ((count,),) = self._engine.rows(
            f"SELECT count(*) FROM ({self._relation.select}) WHERE "
            + " OR ".join(f"({within('logs', window)})" for window in scope.baseline)
        )
        return max(1, -(-int(count) // self._sample_above))

    def search(self, window: TimeWindow, service: str, text: str, limit: int) -> list[LogRow]:
        """Return lines of a service (empty: any) that contain a text (empty: any), oldest first."""
        by_service = f"AND {service_is(service)}" if service else ""
        by_text = f"AND contains(lower(body), lower({literal(text)}))" if text else ""
        rows = self._engine.rows(f"""
SELECT time_unix_nano, {SERVICE}, coalesce(pod, ''), coalesce(severity, ''), coalesce(body, ''),
       coalesce(trace_id, ''), coalesce(span_id, '')
FROM ({self._relation.select}) WHERE {within("logs", window)} {by_service} {by_text}
ORDER BY time_unix_nano LIMIT {limit}""")
        return [LogRow(*row) for row in rows]


def _masked(key: tuple[str, ...], rows: list[tuple[Any, ...]], scope: Scope, keep_one_in: int) -> MaskedLines:
    before, after = ([row for row in rows if row[0] == role] for role in (0, 1))
    _, _, _, first, example, trace_id = rows[0]
    service, operation, severity, masked = key
    return MaskedLines(
        service=service,
        operation=operation,
        severity=severity,
        masked=masked,
        example=example,
        trace_id=trace_id,
        n=Two(keep_one_in * sum(row[2] for row in before), sum(row[2] for row in after)),
        first_ns=first if after else 0,
        times=Two(_starts(before, scope), _starts(after, scope)),
        counts=Two(_counts(before) * keep_one_in, _counts(after)),
    )


def _starts(rows: list[tuple[Any, ...]], scope: Scope) -> NDArray[np.int64]:
    return np.array([row[1] for row in rows], np.int64) * scope.bucket_ns + scope.incident.start_ns


def _counts(rows: list[tuple[Any, ...]]) -> NDArray[np.float64]:
    return np.array([row[2] for row in rows], np.float64)
