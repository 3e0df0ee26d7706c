"""Log records in ClickHouse, in the table that the OpenTelemetry collector's exporter writes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tools.analysers.log_templates import ALARMING
from tools.errors import SourceError
from tools.live.clickhouse.scoped import (
    POD_NAME,
    SERVICE,
    bucket,
    in_scope,
    literal,
    named,
    of,
    role,
    template,
    within,
)
from tools.live.clickhouse.source import ClickHouseSource, Row
from tools.otlp.decode.conventions import SEVERITIES
from tools.sources.masks import EXAMPLE_LIMIT, LINE_LIMIT, MASKS, MESSAGE_KEYS
from tools.sources.rows import CLIMBED, LogRow, MaskedLines, Two
from tools.window import Scope, TimeWindow

PER_SERVICE = 2_000
"""Different masked lines of a service that are fetched: alarming ones first, then the most frequent."""
_NUMBERED = ", ".join(literal(name) for name in SEVERITIES)
SEVERITY = (
    "multiIf(SeverityText <> '', upper(toString(SeverityText)), SeverityNumber BETWEEN 1 AND 24, "
    f"[{_NUMBERED}][intDiv(SeverityNumber - 1, 4) + 1], '')"
)
"""Severity by its name, else by its number; empty where a record has none."""


BODY = (
    "if(LogAttributes['exception.type'] = '' AND LogAttributes['exception.message'] = '', Body, "
    "arrayStringConcat(arrayFilter(part -> part <> '', [trim(Body), if(LogAttributes['exception.type'] = '', '', "
    "concat(LogAttributes['exception.type'], ':')), LogAttributes['exception.message']]), ' '))"
)
"""A line with the exception that it was logged with: its own words are often the same for all of them."""


def masked_sql() -> str:
    """Return the expression that unwraps a JSON line's message and masks what varies."""
    found = ", ".join(f"nullIf(JSONExtractString(body, {literal(key)}), '')" for key in MESSAGE_KEYS)
    message = f"if(startsWith(body, '{{') AND isValidJSON(body), coalesce({found}, body), body)"
    text = f"leftUTF8({message}, {LINE_LIMIT})"
    for pattern, replacement in MASKS:
        text = f"replaceRegexpAll({text}, {literal(pattern)}, {literal(replacement)})"
    return text


def served(table: str, within: str, ids: str) -> str:
    """Return the SELECT for the operation that was asked for where a span is at work, by `span`.

    It is that of the highest span of the same service above it, `CLIMBED` at most; else its own. Looking a parent
    up among the spans of its trace takes one pass over the table; joins would take one each.

    Args:
        table: name of the spans' table.
        within: condition that spans are in scope.
        ids: SELECT for the spans that are asked about.
    """
    steps = ", ".join(
        f"spans[indexOf(spans.1, at{step}.2)] AS up{step}, "
        f"if(up{step}.1 <> '' AND up{step}.3 = at{step}.3, up{step}, at{step}) AS at{step + 1}"
        for step in range(CLIMBED)
    )
    columns = "(toString(SpanId), toString(ParentSpanId), toString(ServiceName), toString(SpanName))"
    return f"""
SELECT span, at{CLIMBED}.4 AS operation FROM (
  SELECT at0.1 AS span, {steps}
  FROM (SELECT groupArray({columns}) AS spans FROM {table} WHERE ({within}) GROUP BY TraceId)
  ARRAY JOIN spans AS at0 WHERE span IN ({ids}))"""


class ClickHouseLogs(ClickHouseSource):
    """Log records, masked and counted inside the engine."""

    def find_services(self) -> set[str]:
        """Return the services with lines in the horizon."""
        inside = within("Timestamp", self._opening.horizon)
        rows = self.rows(f"SELECT DISTINCT {SERVICE} FROM {named(self.options.logs_table)} WHERE {inside}")
        return {self.renamed(name) for (name,) in rows}

    def scripts(self, scope: Scope) -> Mapping[str, str]:
        """Return the SELECT by method."""
        return {"lines": self._lines_sql(scope)}

    def lines(self, scope: Scope) -> list[MaskedLines]:
        """Return counts per service, operation and masked line."""
        return self.once.get(("lines", scope), lambda: self._find_lines(scope))

    def _find_lines(self, scope: Scope) -> list[MaskedLines]:
        found = [self._masked(row, scope) for row in self.rows(self._lines_sql(scope))]
        full = sum(1 for service in {line.service for line in found} if _count(found, service) >= PER_SERVICE)
        if full:
            self.note(f"{full} services write over {PER_SERVICE:,} different lines; the rarest are left out")
        return found

    def search(self, window: TimeWindow, service: str, text: str, limit: int) -> list[LogRow]:
        """Return lines of a service (empty: any) that contain a text (empty: any), oldest first."""
        by_service = f" AND {of(self.original(service))}" if service else ""
        by_text = f" AND positionCaseInsensitiveUTF8(Body, {literal(text)}) > 0" if text else ""
        rows = self.rows(f"""
SELECT toUnixTimestamp64Nano(Timestamp), {SERVICE}, {POD_NAME}, {SEVERITY}, Body, TraceId, SpanId
FROM {named(self.options.logs_table)} WHERE {within("Timestamp", window)}{by_service}{by_text}
ORDER BY Timestamp LIMIT {limit}""")
        return [LogRow(at, self.renamed(name), *rest) for at, name, *rest in rows]

    def _lines_sql(self, scope: Scope) -> str:
        keep, at = self._keep(scope), role("Timestamp", scope)
        spans = self._has_spans(scope)
        return template(
            "lines",
            service=SERVICE,
            operation="k.operation" if spans else "''",
            severity=SEVERITY,
            body=BODY,
            masked=masked_sql(),
            role=at,
            bucket=bucket("toUnixTimestamp64Nano(Timestamp)", scope),
            table=named(self.options.logs_table),
            join=self._join(scope) if spans else "",
            within=in_scope("Timestamp", scope),
            sample="1" if keep == (1, 1) else f"cityHash64(Timestamp) % if({at} = 1, {keep[1]}, {keep[0]}) = 0",
            example_limit=str(EXAMPLE_LIMIT),
            alarming=", ".join(literal(word) for word in sorted(ALARMING)),
            per_service=str(PER_SERVICE),
        )

    def _join(self, scope: Scope) -> str:
        """Return the join with the operation that the service was asked for when it wrote each line."""
        table, inside = named(self.options.traces_table), in_scope("Timestamp", scope)
        written = f"SELECT SpanId FROM {named(self.options.logs_table)} WHERE ({inside}) AND SpanId <> ''"
        return f"ANY LEFT JOIN ({served(table, inside, written)}) AS k ON l.SpanId = k.span"

    def _has_spans(self, scope: Scope) -> bool:
        return self.once.get(("spans", scope), lambda: self._few_spans(scope))

    def _few_spans(self, scope: Scope) -> bool:
        """Tell whether there are spans that lines can be joined with, and no more than fit into memory."""
        select = f"SELECT count() FROM {named(self.options.traces_table)} WHERE {in_scope('Timestamp', scope)}"
        try:
            ((spans,),) = self.rows(select)
        except SourceError:
            return False
        if spans > 2 * self.options.max_spans:
            self.note(f"log lines are not told apart by operation: {spans:,} spans are too many to join with")
        return bool(0 < spans <= 2 * self.options.max_spans)

    def _keep(self, scope: Scope) -> tuple[int, int]:
        return self.once.get(("keep", scope), lambda: self._sampling(scope))

    def _sampling(self, scope: Scope) -> tuple[int, int]:
        """Return of how many lines one is read, in the baseline and in the incident."""
        table, when = named(self.options.logs_table), in_scope("Timestamp", scope)
        rows = self.rows(f"SELECT {role('Timestamp', scope)} AS role, count() FROM {table} WHERE {when} GROUP BY role")
        lines = {int(at): int(n) for at, n in rows}
        before, after = (max(1, -(-lines.get(at, 0) // self.options.max_lines)) for at in (0, 1))
        for words, one_in in (("baseline", before), ("incident", after)):
            if one_in > 1:
                self.note(f"1 in {one_in} {words} log lines is read, counts are scaled; rare lines may be missed")
        return before, after

    def _masked(self, row: Row, scope: Scope) -> MaskedLines:
        service, operation, severity, masked, parts, (example, trace_id), (absent, first) = row
        scale = self._keep(scope)
        sides = [[(bucket, n * scale[at]) for side, bucket, n in parts if side == at] for at in (0, 1)]
        starts = [
            np.array([bucket for bucket, _ in side], np.int64) * scope.bucket_ns + scope.incident.start_ns
            for side in sides
        ]
        counts = [np.array([n for _, n in side], np.float64) for side in sides]
        return MaskedLines(
            service=self.renamed(service),
            operation=operation,
            severity=severity,
            masked=masked,
            example=example,
            trace_id=trace_id,
            n=Two(int(counts[0].sum()), int(counts[1].sum())),
            first_ns=0 if absent else first,
            times=Two(*starts),
            counts=Two(*counts),
        )


def _count(found: list[MaskedLines], service: str) -> int:
    return sum(1 for line in found if line.service == service)
