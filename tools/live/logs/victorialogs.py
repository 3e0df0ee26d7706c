"""VictoriaLogs: lines are masked and counted by LogsQL pipes, a row a masked line and time bucket."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import httpx
import orjson
from pydantic import Field

from tools.errors import InputError, SourceError
from tools.live.http import Ask
from tools.live.logs.counted import Counted, CountedLogs
from tools.live.opening import Opening, Options
from tools.otlp.decode.conventions import POD
from tools.sources.masks import MASKS
from tools.sources.rows import LogRow
from tools.window import Scope, TimeWindow, parse_moment

MOST_ROWS = 50_000
"""Rows of counts that are fetched of one window, the most frequent first."""


class VictoriaLogsOptions(Options):
    """How fields are called; the defaults are those of OpenTelemetry ingestion."""

    service_field: str = Field(default="service.name", description="field with the service")
    severity_field: str = Field(default="severity", description="field with the severity")
    filter: str = Field(default="*", description="LogsQL filter on all lines")


class VictoriaLogs(CountedLogs):
    """Log lines behind `/select/logsql`."""

    def __init__(self, opening: Opening, transport: httpx.AsyncBaseTransport | None = None) -> None:
        super().__init__(opening, transport)
        self._options = opening.options(VictoriaLogsOptions)

    def find_services(self) -> set[str]:
        """Return the services with lines in the horizon."""
        params: dict[str, str | int] = {
            "query": self._options.filter,
            "field": self._options.service_field,
            **_times(self._opening.horizon),
        }
        found = self._reader.ask(Ask("/select/logsql/field_values", params=params)).json()
        if not isinstance(found, dict) or "values" not in found:
            raise SourceError(f"{self.name} does not answer as VictoriaLogs does", "is its url right?")
        return {self.renamed(item["value"]) for item in found["values"] or () if item.get("value")}

    def hint(self) -> str:
        """Return which fields there are, where the one that names services is missing."""
        params = {"query": self._options.filter, **_times(self._opening.horizon)}
        return self.labels_hint(Ask("/select/logsql/field_names", params=params), "values", "service_field")

    def sql(self, method: str, scope: Scope) -> str:
        """Return the LogsQL behind the table of lines.

        Raises:
            InputError: there is no such table.
        """
        if method != "lines":
            raise InputError(f"{self.name} has no query for the table {method}", "known: lines")
        return self._count_query(scope)

    def count(self, scope: Scope, window: TimeWindow) -> Iterable[Counted]:
        """Return counts per masked line and bucket of one window."""
        rows = self._query(self._count_query(scope), window)
        if len(rows) >= MOST_ROWS:
            self.note(f"{self.name} holds more different lines than the {MOST_ROWS:,} counts fetched; rare ones miss")
        return list(self._counted(rows))

    def _count_query(self, scope: Scope) -> str:
        options, width = self._options, scope.bucket_ns
        service, severity = _quoted(options.service_field), _quoted(options.severity_field)
        masks = " | ".join(f"replace_regexp ({_quoted(p)}, {_quoted(r)}) at _msg" for p, r in MASKS)
        return (
            f"{options.filter} | copy _msg as line | {masks} | "
            f"stats by (_time:{width}ns offset {scope.incident.start_ns % width}ns, {service}, {severity}, _msg) "
            f"count() as n, row_min(_time, _time, line, trace_id) as sample | sort by (n desc) limit {MOST_ROWS}"
        )

    def _counted(self, rows: list[dict[str, Any]]) -> Iterator[Counted]:
        for row in rows:
            sample = _object(row.get("sample"))
            yield Counted(
                service=row.get(self._options.service_field, ""),
                severity=row.get(self._options.severity_field, ""),
                masked=row.get("_msg", ""),
                at_ns=parse_moment(row["_time"]),
                n=float(row["n"]),
                example=sample.get("line", ""),
                trace_id=sample.get("trace_id", ""),
                first_ns=parse_moment(sample["_time"]) if sample.get("_time") else 0,
            )

    def find(self, window: TimeWindow, service: str, text: str, limit: int) -> list[LogRow]:
        """Return lines that contain a text."""
        parts = [self._options.filter]
        if service:
            parts.append(f"{_quoted(self._options.service_field)}:={_quoted(service)}")
        if text:
            parts.append(f"_msg:~{_quoted('(?i)' + _literal(text))}")
        query = f"{' AND '.join(parts)} | sort by (_time) limit {limit}"
        return [self._row(row) for row in self._query(query, window)]

    def _query(self, query: str, window: TimeWindow) -> list[dict[str, Any]]:
        params: dict[str, str | int] = {"query": query, **_times(window)}
        return self._reader.ask(Ask("/select/logsql/query", params=params)).lines()

    def _row(self, row: dict[str, str]) -> LogRow:
        return LogRow(
            time_ns=parse_moment(row["_time"]),
            service=self.renamed(row.get(self._options.service_field, "")),
            pod=next((row[name] for name in POD if row.get(name)), ""),
            severity=row.get(self._options.severity_field, ""),
            body=row.get("_msg", ""),
            trace_id=row.get("trace_id", ""),
            span_id=row.get("span_id", ""),
        )


def _times(window: TimeWindow) -> dict[str, str | int]:
    """Return a window for VictoriaLogs: Unix nanoseconds, which it tells by their size; both ends count."""
    return {"start": window.start_ns, "end": window.end_ns - 1}


def _quoted(text: str) -> str:
    return orjson.dumps(text).decode()


def _literal(text: str) -> str:
    """Return a regular expression that matches a text as it is."""
    return "".join(letter if letter.isalnum() or letter in " _" else f"\\x{{{ord(letter):x}}}" for letter in text)


def _object(text: Any) -> dict[str, str]:
    """Return the fields of a sampled line; its values are texts."""
    try:
        found = orjson.loads(text) if isinstance(text, str) and text else {}
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}
