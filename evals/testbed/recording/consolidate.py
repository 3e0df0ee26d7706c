"""Turn what the collector wrote into one small file a signal: cut to the recording, without dead weight."""

from __future__ import annotations

import sysconfig
from pathlib import Path

import duckdb

from tools.store.columns import SCHEMAS, Column
from tools.store.scoped import literal
from tools.window import NS, TimeWindow

REPOSITORY = Path(__file__).resolve().parents[3]
DROPPED = (
    "client.address",
    "client.port",
    "color_message",
    "db.redis.args_length",
    "network.peer.address",
    "network.peer.port",
    "network.protocol.version",
    "network.transport",
    "server.port",
    "telemetry.sdk.language",
    "telemetry.sdk.name",
    "telemetry.sdk.version",
    "url.scheme",
    "user_agent.original",
)
"""Attributes that are the same everywhere or random, and tell nothing about this system."""
ZSTD_LEVEL = 15
_TIME = {"traces": "start_unix_nano", "logs": "time_unix_nano", "metrics": f"(timestamp * {NS})::BIGINT"}
_ORDER = {
    "traces": "min(start_unix_nano) OVER (PARTITION BY trace_id), trace_id, start_unix_nano",
    "logs": "time_unix_nano",
    "metrics": "service, pod, metric, attributes::VARCHAR, timestamp",
}


def consolidate(collected: Path, into: Path, window: TimeWindow) -> dict[str, int]:
    """Write traces.parquet, logs.parquet and metrics.parquet, and return their numbers of rows.

    Args:
        collected: the folder a collector wrote to.
        into: an existing folder.
        window: what lies outside is left out: start-up, warm-up, shutdown.
    """
    rows = {}
    with duckdb.connect() as con:
        for signal in SCHEMAS:
            parts = sorted((collected / signal).rglob("*.parquet"))
            if parts:
                rows[signal] = _write(con, signal, parts, into / f"{signal}.parquet", window)
    return rows


def _write(con: duckdb.DuckDBPyConnection, signal: str, parts: list[Path], target: Path, window: TimeWindow) -> int:
    names = ", ".join(literal(str(part)) for part in parts)
    columns = ", ".join(_column(column) for column in SCHEMAS[signal])
    time = _TIME[signal]
    con.execute(f"""
COPY (SELECT {columns} FROM read_parquet([{names}], union_by_name = true)
      WHERE {time} >= {window.start_ns} AND {time} < {window.end_ns} ORDER BY {_ORDER[signal]})
TO {literal(str(target))} (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL {ZSTD_LEVEL}, PARQUET_VERSION v2)""")
    counted = con.execute(f"SELECT count(*) FROM read_parquet({literal(str(target))})").fetchone()
    return int(counted[0]) if counted else 0


def _column(column: Column) -> str:
    name = f'"{column.name}"'
    if column.type.startswith("MAP"):
        kept = f"list_filter(map_entries({name}), lambda e: e.key NOT IN ({', '.join(map(literal, DROPPED))}))"
        changed = f"list_transform({kept}, lambda e: {{'key': e.key, 'value': {_scrubbed('e.value')}}})"
        return f"map_from_entries({changed}) AS {name}"
    if column.name in {"body", "events", "status_message"}:
        return f"{_scrubbed(name)} AS {name}"
    return name


def _scrubbed(expression: str) -> str:
    """Shorten paths to what they are relative to: where this machine keeps its files is nobody's business."""
    paths = sysconfig.get_paths()
    roots = (paths["purelib"], paths["stdlib"], str(REPOSITORY / "evals" / "testbed"), str(REPOSITORY))
    for root in roots:
        expression = f"replace({expression}, {literal(root + '/')}, '')"
    return expression
