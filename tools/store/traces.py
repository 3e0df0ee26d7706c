"""TraceSource of the embedded store."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tools.evidence import Subject
from tools.sources.protocols import Order
from tools.sources.rows import (
    Buckets,
    Call,
    CallStats,
    EdgeStats,
    EntryStats,
    OperationStats,
    SegmentStats,
    SpanRow,
    Two,
)
from tools.store import trace_sql as sql
from tools.store.aggregate import EMPTY, buckets_by_key, group_rows, pair, to_spread
from tools.store.command import show_command
from tools.store.engine import Engine
from tools.store.parquet import literal
from tools.store.spans import SpanTables
from tools.window import Scope, TimeWindow

_NO_BUCKETS = Two(Buckets(), Buckets())


class EmbeddedTraces:
    """Spans of an incident folder and its baseline folder, aggregated by DuckDB.

    Args:
        engine: the shared database.
        folder: the incident folder, named in queries.
        paths: trace files of the incident.
        baseline: trace files of the baseline folder.
        sample_above: bound on baseline spans read.
    """

    name = "traces.parquet"

    def __init__(
        self,
        engine: Engine,
        folder: Path,
        paths: Sequence[Path],
        baseline: Sequence[Path] = (),
        sample_above: int = 1_000_000,
    ) -> None:
        self._engine = engine
        self._folder = folder
        self._tables = SpanTables(engine, paths, baseline, sample_above)

    def extent(self) -> TimeWindow | None:
        """Return the time range of all spans."""
        return self._engine.extent("traces", self._tables.select)

    def services(self) -> list[str]:
        """Return all services, sorted."""
        rows = self._engine.rows(f"SELECT DISTINCT service FROM ({self._tables.select}) WHERE service IS NOT NULL")
        return sorted(str(name) for (name,) in rows)

    def degradations(self) -> list[str]:
        """Return what was left out or sampled."""
        return list(self._tables.notes)

    def query(self, method: str, scope: Scope, subject: Subject) -> str:
        """Return the `whydown show` command that prints the numbers; with `--sql` it prints the SQL."""
        return show_command(self._folder, "traces", method, scope, subject)

    def sql(self, method: str, scope: Scope) -> str:
        """Return a script for any DuckDB shell that reproduces a method's numbers."""
        return sql.reproduce(method, self._tables.select, scope)

    def operations(self, scope: Scope) -> list[OperationStats]:
        """Return self-time, duration and errors per service and operation."""
        self._tables.prepare(scope)
        stats = group_rows(self._engine.rows(sql.OPERATIONS), 2, _operation_values)
        buckets = buckets_by_key(self._engine, scope, "service, operation", "own", sql.CODE_SPANS)
        excess = self._excess(sql.OPERATION_EXCESS)
        return [
            OperationStats(
                service=service,
                operation=operation,
                own=_pick(roles, "own", EMPTY),
                total=_pick(roles, "total", EMPTY),
                errors=_pick(roles, "errors", 0),
                error_origins=_pick(roles, "origins", 0),
                buckets=buckets.get((service, operation), _NO_BUCKETS),
                excess=excess.get((service, operation), 0.0),
            )
            for (service, operation), roles in sorted(stats.items())
        ]

    def edges(self, scope: Scope) -> list[EdgeStats]:
        """Return time between services per caller, callee and operation."""
        self._tables.prepare(scope)
        stats = group_rows(self._engine.rows(sql.EDGES), 4, _edge_values)
        buckets = buckets_by_key(self._engine, scope, "service, peer, operation, leaf", "gap", sql.EDGE_SPANS)
        excess = self._excess(sql.EDGE_EXCESS)
        return [
            EdgeStats(
                service=key[0],
                peer=key[1],
                operation=key[2],
                leaf=bool(key[3]),
                gap=_pick(roles, "gap", EMPTY),
                errors=_pick(roles, "errors", 0),
                buckets=buckets.get(key, _NO_BUCKETS),
                excess=excess.get(key, 0.0),
            )
            for key, roles in sorted(stats.items())
        ]

    def _excess(self, query: str) -> dict[tuple[Any, ...], float]:
        return {row[:-1]: float(row[-1] or 0.0) for row in self._engine.rows(query)}

    def calls(self, scope: Scope) -> list[CallStats]:
        """Return call counts per entry operation and call."""
        self._tables.prepare(scope)
        stats = group_rows(self._engine.rows(sql.CALLS), 5, tuple)
        parents = {row[:4]: int(row[4]) for row in self._engine.rows(sql.PARENTS)}
        found = []
        for key, roles in sorted(stats.items()):
            counts = pair(roles, (0, 0))
            entry, service, operation, peer, peer_operation = key
            found.append(
                CallStats(
                    entry=entry,
                    service=service,
                    operation=operation,
                    peer=peer,
                    peer_operation=peer_operation,
                    parents=Two(*(parents.get((*key[:3], role), 0) for role in (0, 1))),
                    with_call=Two(int(counts.baseline[0]), int(counts.incident[0])),
                    calls=Two(int(counts.baseline[1]), int(counts.incident[1])),
                )
            )
        return found

    def entries(self, scope: Scope) -> list[EntryStats]:
        """Return traffic, latency and errors per entry operation."""
        self._tables.prepare(scope)
        stats = group_rows(self._engine.rows(sql.ENTRIES), 2, _edge_values)
        buckets = buckets_by_key(self._engine, scope, "service, operation", "dur", sql.ENTRY_SPANS)
        return [
            EntryStats(
                service=key[0],
                operation=key[1],
                duration=_pick(roles, "gap", EMPTY),
                errors=_pick(roles, "errors", 0),
                buckets=buckets.get(key, _NO_BUCKETS),
            )
            for key, roles in sorted(stats.items())
        ]

    def topology(self, scope: Scope) -> list[Call]:
        """Return the service-level call graph over both windows."""
        self._tables.prepare(scope)
        return [Call(str(a), str(b), int(n)) for a, b, n in self._engine.rows(sql.TOPOLOGY)]

    def segments(self, scope: Scope, service: str, operation: str) -> list[SegmentStats]:
        """Return counts and latency per attribute value on one operation's spans."""
        rows = self._engine.rows(sql.segments(self._tables.select, scope, service, operation))
        return [
            SegmentStats(service, operation, key, value, Two(n0, n1), Two(e0, e1), Two(d0, d1))
            for key, value, n0, n1, e0, e1, d0, d1 in rows
        ]

    def examples(self, window: TimeWindow, service: str, operation: str, order: Order, limit: int) -> list[SpanRow]:
        """Return a few spans of one operation."""
        return self._spans(sql.examples(self._tables.select, window, service, operation, order, limit))

    def trace(self, trace_id: str) -> list[SpanRow]:
        """Return all spans of one trace, by start time."""
        where = f"trace_id = {literal(trace_id)} ORDER BY start_unix_nano"
        return self._spans(f"{sql.SPAN_COLUMNS} FROM ({self._tables.select}) WHERE {where}")

    def _spans(self, query: str) -> list[SpanRow]:
        return [SpanRow(*(*row[:-1], dict(row[-1] or {}))) for row in self._engine.rows(query)]


def _operation_values(row: tuple[Any, ...]) -> dict[str, Any]:
    n, own_n, own_mean, own_q, mean, quantiles, errors, origins = row
    return {
        "own": to_spread(own_n, own_mean, own_q),
        "total": to_spread(n, mean, quantiles),
        "errors": int(errors),
        "origins": int(origins),
    }


def _edge_values(row: tuple[Any, ...]) -> dict[str, Any]:
    n, mean, quantiles, errors = row
    return {"gap": to_spread(n, mean, quantiles), "errors": int(errors)}


def _pick(roles: dict[int, dict[str, Any]], name: str, missing: Any) -> Two[Any]:
    return pair({role: values[name] for role, values in roles.items()}, missing)
