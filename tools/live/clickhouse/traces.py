"""Spans in ClickHouse, in the table that the OpenTelemetry collector's exporter writes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from tools.analysers.segments import MAX_VALUES
from tools.live.clickhouse import trace_sql as sql
from tools.live.clickhouse.distributions import Distribution, read_distributions
from tools.live.clickhouse.flows import Checks, Flows, read_flows, read_given
from tools.live.clickhouse.scoped import SERVICE, in_scope, named, role, template, within
from tools.live.clickhouse.source import ClickHouseSource, Row
from tools.sources.odd_traces import clock_note
from tools.sources.protocols import Order
from tools.sources.rows import (
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
from tools.window import Scope, TimeWindow

ORPHANS_WORTH_SAYING = 0.01
"""Below one span in a hundred, missing parents are the edges of the window."""
MOST_CALLS = 3_000
"""Different calls whose rarity fits into one query."""


@dataclass(frozen=True, slots=True)
class Names:
    """What the hashes of a scope stand for."""

    operations: Mapping[int, tuple[str, str]]
    parties: Mapping[int, str]


class ClickHouseTraces(ClickHouseSource):
    """Spans, aggregated inside the engine; above `max_spans` a window is sampled by whole traces."""

    def find_services(self) -> set[str]:
        """Return the services with spans in the horizon."""
        inside = within("Timestamp", self._opening.horizon)
        rows = self.rows(f"SELECT DISTINCT {SERVICE} FROM {named(self.options.traces_table)} WHERE {inside}")
        return {self.renamed(name) for (name,) in rows}

    def scripts(self, scope: Scope) -> Mapping[str, str]:
        """Return the SELECT by method."""
        raw = self._raw(scope)
        return {
            "operations": sql.spans(raw, sql.distributions(sql.OPERATIONS)),
            "edges": sql.spans(raw, sql.distributions(sql.EDGES)),
            "entries": sql.traces(raw, sql.distributions(sql.ENTRIES)),
            "calls": sql.spans(raw, template("flows")),
            "topology": sql.spans(raw, template("flows")),
        }

    def operations(self, scope: Scope) -> list[OperationStats]:
        """Return self-time, duration and errors per service and operation."""
        names, flows = self._names(scope), self._flows(scope)
        return [
            OperationStats(
                *names.operations[found.ids[0]],
                own=found.spread("own"),
                total=found.spread("dur"),
                errors=found.count("errors"),
                error_origins=found.count("origins"),
                buckets=found.buckets("own", scope),
                total_buckets=found.buckets("dur", scope),
                excess=flows.excess("own", (found.ids[0], 0, 0), self._requests(scope)),
                origins=found.trials("origins", scope),
            )
            for found in self._distributions("operations", scope)
        ]

    def edges(self, scope: Scope) -> list[EdgeStats]:
        """Return time on the wire per caller, callee and operation."""
        names, flows = self._names(scope), self._flows(scope)
        rows = []
        for found in self._distributions("edges", scope):
            op, callee, leaf = found.ids
            service, operation = names.operations[op]
            rows.append(
                EdgeStats(
                    service=service,
                    peer=names.parties[callee],
                    operation=operation,
                    leaf=bool(leaf),
                    gap=found.spread("gap"),
                    errors=found.count("errors"),
                    buckets=found.buckets("gap", scope),
                    excess=flows.excess("edge", (op, callee, int(leaf)), self._requests(scope)),
                    stray=_levels(found.spread("stray")),
                    stray_buckets=found.buckets("stray", scope),
                )
            )
        return rows

    def calls(self, scope: Scope) -> list[CallStats]:
        """Return call counts per entry operation and call."""
        names = self._names(scope).operations
        of_any = [
            CallStats(names[entry][1], *names[caller], *names[callee], made)
            for entry, caller, callee, made in self._flows(scope).calls(scope)
        ]
        of_kind = [
            CallStats(names[entry][1], *names[caller], *names[callee], made, " ".join(names[given]))
            for entry, caller, callee, given, made in self._given(scope)
        ]
        return of_any + of_kind

    def entries(self, scope: Scope) -> list[EntryStats]:
        """Return traffic, latency and errors per entry operation; counts are those of all traces."""
        names, scale = self._names(scope), Two(*self._keep(scope))
        return [
            EntryStats(
                *names.operations[found.ids[0]],
                duration=found.spread("dur", scale),
                errors=Two(
                    found.count("errors").baseline * scale.baseline, found.count("errors").incident * scale.incident
                ),
                buckets=found.buckets("dur", scope, scale),
                failed=found.trials("errors", scope),
            )
            for found in self._distributions("entries", scope)
        ]

    def topology(self, scope: Scope) -> list[Call]:
        """Return the service-level call graph over both windows."""
        parties = self._names(scope).parties
        calls: Counter[tuple[str, str]] = Counter()
        for caller, callee, n in self._flows(scope).links():
            calls[parties[caller], parties[callee]] += n
        return [Call(caller, callee, n) for (caller, callee), n in sorted(calls.items())]

    def segments(self, scope: Scope, service: str, operation: str, slow_ns: float) -> list[SegmentStats]:
        """Return per attribute value of one operation's spans how many failed or took longer than `slow_ns`.

        Attributes with more values than an analyser looks at stay in the engine.
        """
        table, of = self.options.traces_table, self.original(service)
        rows = self.rows(sql.segments(table, scope, of, operation, slow_ns, MAX_VALUES))
        return [
            SegmentStats(key, value, Two(n0, n1), Two(bad0, bad1))
            for key, values in rows
            for value, n0, n1, bad0, bad1 in values
        ]

    def resource(self, service: str) -> dict[str, str]:
        """Return the resource attributes that a service's spans carry, empty when there are none."""
        inside = within("Timestamp", self._opening.horizon)
        rows = self.rows(sql.resource(self.options.traces_table, self.original(service), inside))
        return dict(rows[0][0]) if rows else {}

    def examples(self, window: TimeWindow, service: str, operation: str, order: Order, limit: int) -> list[SpanRow]:
        """Return a few spans of one operation; an empty operation means any of the service."""
        of = self.original(service)
        rows = self.rows(sql.examples(self.options.traces_table, window, of, operation, order, limit))
        return [self._span(row) for row in rows]

    def trace(self, trace_id: str) -> list[SpanRow]:
        """Return all spans of one trace in the horizon, by start time; empty when unknown."""
        rows = self.rows(sql.one_trace(self.options.traces_table, trace_id, self._opening.horizon))
        return [self._span(row) for row in rows]

    def _span(self, row: Row) -> SpanRow:
        trace, span, parent, service, *rest = row
        return SpanRow(trace, span, parent, self.renamed(service), *rest)

    def _raw(self, scope: Scope) -> str:
        return sql.raw(self.options.traces_table, scope, self._keep(scope))

    def _keep(self, scope: Scope) -> tuple[int, int]:
        """Return of how many traces one is read, in the baseline and in the incident."""
        return self.once.get(("keep", scope), lambda: self._count(scope))

    def _count(self, scope: Scope) -> tuple[int, int]:
        table, when = named(self.options.traces_table), in_scope("Timestamp", scope)
        rows = self.rows(f"SELECT {role('Timestamp', scope)} AS role, count() FROM {table} WHERE {when} GROUP BY role")
        spans = {int(at): int(n) for at, n in rows}
        keep = tuple(max(1, -(-spans.get(at, 0) // self.options.max_spans)) for at in (0, 1))
        for words, one_in in zip(("baseline", "incident"), keep, strict=True):
            if one_in > 1:
                self.note(f"1 in {one_in} {words} traces is read, chosen by trace id")
        return keep[0], keep[1]

    def _names(self, scope: Scope) -> Names:
        return self.once.get(("names", scope), lambda: self._find_names(scope))

    def _find_names(self, scope: Scope) -> Names:
        operations, parties = {}, {}
        for op, svc, service, operation, peers in self.rows(sql.names(self._raw(scope))):
            operations[op] = (self.renamed(service), operation)
            parties[svc] = self.renamed(service)
            parties.update({peer: name for peer, name in peers if name})
        return Names(operations, parties)

    def _distributions(self, method: str, scope: Scope) -> list[Distribution]:
        return self.once.get((method, scope), lambda: self._find_distributions(method, scope))

    def _find_distributions(self, method: str, scope: Scope) -> list[Distribution]:
        subjects = sql.SUBJECTS[method]
        return read_distributions(self.rows(self.scripts(scope)[method]), subjects)

    def _flows(self, scope: Scope) -> Flows:
        return self.once.get(("flows", scope), lambda: self._find_flows(scope))

    def _find_flows(self, scope: Scope) -> Flows:
        flows = read_flows(self.rows(self.scripts(scope)["calls"]))
        self._note_odd(flows.checks)
        return flows

    def _given(self, scope: Scope) -> list[tuple[int, int, int, int, Two[Trials]]]:
        return self.once.get(("given", scope), lambda: self._find_given(scope))

    def _find_given(self, scope: Scope) -> list[tuple[int, int, int, int, Two[Trials]]]:
        calls = self._flows(scope).rarity()
        several = Counter(caller for caller, _ in calls)
        rarity = [pair for pair in calls if several[pair[0]] > 1]  # who makes one call only serves one kind
        if not rarity:
            return []
        if len(rarity) > MOST_CALLS:
            self.note(f"{len(rarity):,} different calls are too many to tell kinds of request apart")
            return []
        return list(read_given(self.rows(sql.given(self._raw(scope), rarity)), scope))

    def _note_odd(self, checks: Checks) -> None:
        if checks.copies:
            self.note(f"{checks.copies:,} spans were sent more than once and count once")
        if checks.orphans > checks.spans * ORPHANS_WORTH_SAYING:
            few = f"{checks.orphans:,} of {checks.spans:,}"
            self.note(f"{few} spans name a parent that is missing and count as its substitute")
        if checks.skewed:
            self.note(clock_note(checks.skewed))

    def _requests(self, scope: Scope) -> Mapping[int, tuple[int, int]]:
        """Return how many requests of each entry operation were read, in the baseline and in the incident."""
        found = self._distributions("entries", scope)
        return {item.ids[0]: (item.spread("dur").baseline.n, item.spread("dur").incident.n) for item in found}


def _levels(spread: Two[Spread]) -> Two[Spread]:
    """Return a distribution without the counts above the baseline's quantiles."""
    return Two(spread.baseline, replace(spread.incident, above_p50=0, above_p90=0))
