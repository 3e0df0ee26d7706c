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
    Trials,
    Two,
)
from tools.store import trace_sql as sql
from tools.store.aggregate import Key, bucket_counts, grouped_rows, trials_of
from tools.store.engine import Engine
from tools.store.relation import Relation
from tools.store.scoped import service_is
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

    def _above(self, method: str) -> dict[Key, tuple[int, int]]:
        return {row[:-2]: (int(row[-2]), int(row[-1])) for row in self._rows(method)}

    def _operations(self, scope: Scope) -> list[OperationStats]:
        excess = self._excess("operations")
        own, total = self._above("operations.above_own"), self._above("operations.above_total")
        return [
            OperationStats(
                service=key[0],
                operation=key[1],
                own=_exceeding(group.spread(0), own.get(key)),
                total=_exceeding(group.spread(3), total.get(key)),
                errors=group.count(6),
                error_origins=group.count(7),
                buckets=group.buckets(scope, 0),
                total_buckets=group.buckets(scope, 3),
                excess=excess.get(key, 0.0),
                origins=group.trials(scope, 3, 7),
            )
            for key, group in grouped_rows(self._rows("operations"), 2).items()
        ]

    def _edges(self, scope: Scope) -> list[EdgeStats]:
        excess, above = self._excess("edges"), self._above("edges.above")
        return [
            EdgeStats(
                service=key[0],
                peer=key[1],
                operation=key[2],
                leaf=bool(key[3]),
                gap=_exceeding(group.spread(0), above.get(key)),
                errors=group.count(3),
                buckets=group.buckets(scope, 0),
                excess=excess.get(key, 0.0),
                stray=group.spread(4),
                stray_buckets=group.buckets(scope, 4),
            )
            for key, group in grouped_rows(self._rows("edges"), 4).items()
        ]

    def _calls(self, scope: Scope) -> list[CallStats]:
        parents = bucket_counts(self._rows("calls.parents"), 3)
        calls = bucket_counts(self._rows("calls"), 5)
        of_any = [_call(key, trials_of(parents.get(key[:3], {}), hits, scope)) for key, hits in calls.items()]
        kinds = bucket_counts(self._rows("calls.given_parents"), 4)
        given = bucket_counts(self._rows("calls.given"), 6)
        of_kind = [_call(key, trials_of(kinds.get((*key[:3], key[5]), {}), hits, scope)) for key, hits in given.items()]
        return of_any + of_kind

    def _entries(self, scope: Scope) -> list[EntryStats]:
        scale = self._tables.keep_one_in
        return [
            EntryStats(
                service=key[0],
                operation=key[1],
                duration=_scaled_spread(group.spread(0), scale),
                errors=Two(group.count(3).baseline * scale, group.count(3).incident),
                buckets=_scaled_buckets(group.buckets(scope, 0), scale),
                failed=group.trials(scope, 0, 3),
            )
            for key, group in grouped_rows(self._rows("entries"), 2).items()
        ]

    def segments(self, scope: Scope, service: str, operation: str, slow_ns: float) -> list[SegmentStats]:
        """Return per attribute value of one operation's spans how many failed or took longer than `slow_ns`."""
        rows = self._engine.rows(sql.segments(self._relation.select, scope, service, operation, slow_ns))
        return [SegmentStats(key, value, Two(n0, n1), Two(bad0, bad1)) for key, value, n0, n1, bad0, bad1 in rows]

    def resource(self, service: str) -> dict[str, str]:
        """Return the resource attributes that a service's spans carry, empty when there are none."""
        where = f"{service_is(service)} AND resource IS NOT NULL"
        rows = self._engine.rows(f"SELECT resource FROM ({self._relation.select}) WHERE {where} LIMIT 1")
        return dict(rows[0][0]) if rows else {}

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


def _exceeding(spread: Two[Spread], above: tuple[int, int] | None) -> Two[Spread]:
    if above is None:
        return spread
    return Two(spread.baseline, replace(spread.incident, above_p50=above[0], above_p90=above[1]))


def _call(key: Key, made: Two[Trials]) -> CallStats:
    entry, service, operation, peer, peer_operation, *given = key
    return CallStats(entry, service, operation, peer, peer_operation, made, given[0] if given else "")
