"""SQL for ClickHouse that reads only the rows of a scope's windows."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from tools.otlp.decode.conventions import LOOPBACK, PEER, POD, PORT, UNKNOWN_SERVICE, URL
from tools.window import Scope, TimeWindow

SERVICE = f"if(ServiceName = '', '{UNKNOWN_SERVICE}', toString(ServiceName))"
"""The service of a row, never empty."""
TIMES = {"traces": "Timestamp", "logs": "Timestamp", "metrics": "TimeUnix"}


def literal(text: str) -> str:
    """Quote a text as an SQL literal; ClickHouse reads backslashes in it."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def named(table: str) -> str:
    """Quote a table's name, with or without its database."""
    return ".".join("`" + part.replace("\\", "\\\\").replace("`", "\\`") + "`" for part in table.split("."))


def moment(ns: int) -> str:
    """Return Unix nanoseconds as DateTime64(9)."""
    return f"fromUnixTimestamp64Nano(toInt64({ns}))"


def within(column: str, window: TimeWindow) -> str:
    """Return the condition that a time lies in a window: a plain range, so that parts can be skipped."""
    return f"({column} >= {moment(window.start_ns)} AND {column} < {moment(window.end_ns)})"


def in_scope(column: str, scope: Scope) -> str:
    """Return the condition that a time lies in any window of a scope."""
    return " OR ".join(within(column, window) for window in (scope.incident, *scope.baseline))


def role(column: str, scope: Scope) -> str:
    """Return 1 for the incident window, 0 for the baseline."""
    return f"toUInt8({within(column, scope.incident)})"


def bucket(ns: str, scope: Scope) -> str:
    """Return the number of the time bucket; `ns` is an expression of Unix nanoseconds."""
    return f"toInt32(floor(({ns} - {scope.incident.start_ns}) / {scope.bucket_ns}))"


def first(column: str, names: tuple[str, ...]) -> str:
    """Return the first attribute of a map that is not empty, else an empty text."""
    return "multiIf(" + ", ".join(f"{column}['{n}'] <> '', {column}['{n}']" for n in names) + ", '')"


def of(service: str) -> str:
    """Return the condition that a row belongs to a service, in a form that the primary key helps with."""
    return (
        f"ServiceName IN ('', {literal(service)})"
        if service == UNKNOWN_SERVICE
        else f"ServiceName = {literal(service)}"
    )


POD_NAME = first("ResourceAttributes", POD)


def peer_parts() -> dict[str, str]:
    """Return expressions for what tells whom a client span calls, see `tools.otlp.decode.conventions.peer_of`."""
    attributes = "SpanAttributes"
    return {
        "told": first(attributes, PEER),
        "url": first(attributes, URL),
        "port": first(attributes, PORT),
        "loopback": "[" + ", ".join(literal(start) for start in LOOPBACK) + "]",
    }


def template(name: str, **blanks: str) -> str:
    """Return sql/<name>.sql with its blanks filled in and its comments left out."""
    text = _text(name)
    for blank, value in blanks.items():
        text = text.replace(f"{{{blank}}}", value)
    return text


@cache
def _text(name: str) -> str:
    text = (files("tools.live.clickhouse") / "sql" / f"{name}.sql").read_text(encoding="utf-8")
    return "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("--"))
