"""TraceSource of the embedded store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

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
    Spread,
    Two,
)
from tools.store import trace_sql as sql
from tools.store.aggregate import Key, grouped_rows
from tools.store.engine import Engine
from tools.store.relation import Relation
from tools.store.source import EmbeddedSource
from tools.store.spans import SpanTables
from tools.window import Scope, TimeWindow

T = TypeVar("T")


class EmbeddedTraces(EmbeddedSource):
    """Spans of an incident folder and its baseline folder.

    Answers of the latest scope are kept, as several analysers ask the same.

    Args:
        engine: the shared database.
        folder: the incident folder, named in queries.
        relation: all spans.
        sample_above: bound on baseline spans read.
    """

    methods = sql.METHODS

    def __init__(self, engine: Engine, folder: Path, relation: Relation, sample_above: int = 1_000_000) -> None:
        super().__init__(engine, folder, relation)
        self._tables = SpanTables(engine, relation, sample_above)
        self._answers: dict[str, list[Any]] = {}

    def _script(self, method: str, scope: Scope) -> list[str]:
        return [*self._tables.script(scope), sql.METHODS[method].strip()]

    def operations(self, scope: Scope) -> list[OperationStats]:
        """Return self-time, duration and errors per service and operation."""
        return self._answer("operations", scope, self._operations)

    def edges(self, scope: Scope) -> list[EdgeStats]:
        """Return time between services per caller, callee and operation."""
        return self._answer("edges", scope, self._edges)

    def calls(self, scope: Scope) -> list[CallStats]:
        """Return call counts per entry operation and call."""
        return self._answer("calls", scope, self._calls)

    def entries(self, scope: Scope) -> list[EntryStats]:
        """Return traffic, latency and errors per entry operation."""
        return self._answer("entries", scope, self._entries)

    def topology(self, scope: Scope) -> list[Call]:
        """Return the service-level call graph over both windows."""
        return self._answer("topology", scope, lambda _: [Call(*row) for row in self._rows("topology")])

    def _answer(self, method: str, scope: Scope, compute: Callable[[Scope], list[T]]) -> list[T]:
        with self._tables.prepared(scope) as anew:
            if anew:
                self._answers.clear()
                for note in self._tables.notes:
                    self._note(note)
            if method not in self._answers:
                self._answers[method] = compute(scope)
            return list(self._answers[method])

    def _rows(self, method: str) -> list[tuple[Any, ...]]:
        return self._engine.rows(sql.METHODS[method])

    def _excess(self, method: str) -> dict[Key, float]:
        return {row[:-1]: float(row[-1] or 0.0) for row in self._rows(f"{method}.excess")}

    def _operations(self, scope: Scope) -> list[OperationStats]:
        excess = self._excess("operations")
        return [
            OperationStats(
                service=key[0],
                operation=key[1],
                own=group.spread(0),
                total=group.spread(3),
                errors=group.count(6),
                error_origins=group.count(7),
                buckets=group.buckets(scope, 0),
                excess=excess.get(key, 0.0),
            )
            for key, group in grouped_rows(self._rows("operations"), 2).items()
        ]

    def _edges(self, scope: Scope) -> list[EdgeStats]:
        excess = self._excess("edges")
        return [
            EdgeStats(
                service=key[0],
                peer=key[1],
                operation=key[2],
                leaf=bool(key[3]),
                gap=group.spread(0),
                errors=group.count(3),
                buckets=group.buckets(scope, 0),
                excess=excess.get(key, 0.0),
            )
            for key, group in grouped_rows(self._rows("edges"), 4).items()
        ]

    def _calls(self, scope: Scope) -> list[CallStats]:
        counts: dict[Key, dict[int, tuple[int, int]]] = {}
        for *key, role, callers, calls in self._rows("calls"):
            counts.setdefault(tuple(key), {})[role] = (int(callers), int(calls))
        parents = {row[:4]: int(row[4]) for row in self._rows("calls.parents")}

        def two(key: Key, column: int) -> Two[int]:
            return Two(*(counts[key].get(role, (0, 0))[column] for role in (0, 1)))

        return [
            CallStats(
                entry=key[0],
                service=key[1],
                operation=key[2],
                peer=key[3],
                peer_operation=key[4],
                parents=Two(*(parents.get((*key[:3], role), 0) for role in (0, 1))),
                with_call=two(key, 0),
                calls=two(key, 1),
            )
            for key in counts
        ]

    def _entries(self, scope: Scope) -> list[EntryStats]:
        scale = self._tables.keep_one_in
        return [
            EntryStats(
                service=key[0],
                operation=key[1],
                duration=_scaled_spread(group.spread(0), scale),
                errors=Two(group.count(3).baseline * scale, group.count(3).incident),
                buckets=_scaled_buckets(group.buckets(scope, 0), scale),
            )
            for key, group in grouped_rows(self._rows("entries"), 2).items()
        ]

    def segments(self, scope: Scope, service: str, operation: str) -> list[SegmentStats]:
        """Return counts and latency per attribute value on one operation's spans."""
        rows = self._engine.rows(sql.segments(self._relation.select, scope, service, operation))
        return [
            SegmentStats(service, operation, key, value, Two(n0, n1), Two(e0, e1), Two(d0, d1))
            for key, value, n0, n1, e0, e1, d0, d1 in rows
        ]

    def examples(self, window: TimeWindow, service: str, operation: str, order: Order, limit: int) -> list[SpanRow]:
        """Return a few spans of one operation; an empty operation means any of the service."""
        return self._spans(sql.examples(self._relation.select, window, service, operation, order, limit))

    def trace(self, trace_id: str) -> list[SpanRow]:
        """Return all spans of one trace, by start time; empty when unknown."""
        return self._spans(sql.one_trace(self._relation.select, trace_id))

    def _spans(self, query: str) -> list[SpanRow]:
        return [SpanRow(*(*row[:-1], dict(row[-1] or {}))) for row in self._engine.rows(query)]


def _scaled_spread(spread: Two[Spread], scale: int) -> Two[Spread]:
    """Count all baseline requests, not only those sampled: traffic is compared in absolute numbers."""
    return Two(replace(spread.baseline, n=spread.baseline.n * scale), spread.incident)


def _scaled_buckets(buckets: Two[Buckets], scale: int) -> Two[Buckets]:
    return Two(replace(buckets.baseline, n=buckets.baseline.n * scale), buckets.incident)
