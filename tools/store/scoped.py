"""SQL that reads only the rows of a scope's windows."""

from __future__ import annotations

from tools.window import Scope, TimeWindow

TIME_COLUMN = {
    "traces": "start_unix_nano",
    "logs": "time_unix_nano",
    "metrics": "TRY_CAST(timestamp * 1e9 AS BIGINT)",
}
"""Unix nanoseconds of a row; NULL where it has none."""
UNKNOWN_SERVICE = "unknown_service"
"""What OpenTelemetry calls a service without a name."""
SERVICE = f"coalesce(nullif(service, ''), '{UNKNOWN_SERVICE}')"
"""The service of a row, never NULL."""


def literal(text: str) -> str:
    """Quote a text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def service_is(service: str) -> str:
    """Return the condition that a row belongs to a service, in a form that Parquet filters can use."""
    if service == UNKNOWN_SERVICE:
        return f"{SERVICE} = {literal(service)}"
    return f"service = {literal(service)}"


def within(signal: str, window: TimeWindow) -> str:
    """Return the condition that a row lies in a window: a plain range, so that Parquet files can be skipped."""
    if signal == "metrics":
        return f"timestamp >= {window.start_ns / 1e9!r} AND timestamp < {window.end_ns / 1e9!r}"
    column = TIME_COLUMN[signal]
    return f"{column} >= {window.start_ns} AND {column} < {window.end_ns}"


def windows_of(scope: Scope) -> list[tuple[int, TimeWindow]]:
    """Return (role, window) pairs; role 1 is the incident, 0 the baseline."""
    return [(1, scope.incident), *((0, window) for window in scope.baseline)]


def per_window(select: str, scope: Scope, signal: str, where: str = "TRUE") -> str:
    """Return a SELECT of the rows in scope, with `role` and `bucket` columns added.

    Args:
        select: relation of the signal.
        scope: the windows.
        signal: traces, logs or metrics.
        where: further condition on baseline rows, such as a sampling rule.
    """
    origin, width = scope.incident.start_ns, scope.bucket_ns
    bucket = f"floor(({TIME_COLUMN[signal]} - {origin}) / {width})::INTEGER"
    branches = [
        f"SELECT *, {role}::TINYINT AS role, {bucket} AS bucket FROM ({select}) WHERE {within(signal, window)}"
        + ("" if role else f" AND {where}")
        for role, window in windows_of(scope)
    ]
    return " UNION ALL ".join(branches)
