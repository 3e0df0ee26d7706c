"""SQL of the ClickHouse trace source: distributions per subject, both windows and all time buckets in one row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tools.live.clickhouse.scoped import (
    POD_NAME,
    SERVICE,
    in_scope,
    literal,
    named,
    of,
    peer_parts,
    role,
    template,
    within,
)
from tools.sources.masks import MESSAGE_LIMIT
from tools.sources.protocols import Order
from tools.window import Scope, TimeWindow

QUANTILES = "quantilesExactInclusive{form}(0.25, 0.5, 0.75, 0.9, 0.99)"
"""Interpolated linearly, as DuckDB's quantile_cont."""
CODE = "NOT wire AND NOT leaf"
"""Spans whose own time is spent in their service's code."""


@dataclass(frozen=True, slots=True)
class Subjects:
    """What is told of whom: grouping columns, the rows, values with the condition under which they count, counts."""

    ids: tuple[str, ...]
    rows: str
    values: Mapping[str, str]
    counts: Mapping[str, str]


OPERATIONS = Subjects(("op",), "span", {"own": CODE, "dur": "1"}, {"errors": "err", "origins": "origin"})
EDGES = Subjects(
    ("op", "callee", "leaf"),
    "(SELECT * FROM span WHERE wire OR leaf)",
    {"gap": "1", "stray": "timed"},
    {"errors": "err"},
)
ENTRIES = Subjects(("op",), "trace", {"dur": "1"}, {"errors": "err"})
SUBJECTS = {"operations": OPERATIONS, "edges": EDGES, "entries": ENTRIES}


def distributions(subjects: Subjects) -> str:
    """Return the SELECT for one row a subject.

    Columns: the ids; per value, for both windows (count, mean, five quantiles), then how many incident
    values lie above the baseline's median and 90th percentile; per count (baseline, incident); last an
    array of (role, bucket, count, median and 90th percentile per value, counts).
    """
    ids, values, counts = ", ".join(subjects.ids), list(subjects.values), list(subjects.counts)
    parts = ", ".join(
        ["role", "bucket"]
        + [f"length({v}_all), arrayReduce('quantilesExactInclusive(0.5, 0.9)', {v}_all)" for v in values]
        + [f"{c}_n" for c in counts]
    )
    lists = [f"groupArrayIf({v}, {when}) AS {v}_all" for v, when in subjects.values.items()]
    lists += [f"countIf({when}) AS {c}_n" for c, when in subjects.counts.items()]
    summaries = [f"({_spread(v, r)}) AS {v}_{r}" for v in values for r in (0, 1)]
    summaries += [f"groupArrayArrayIf({v}_all, role = 1) AS {v}_now" for v in values]
    summaries += [f"(sumIf({c}_n, role = 0), sumIf({c}_n, role = 1)) AS {c}_both" for c in counts]
    answer = [f"{v}_0, {v}_1, ({_above(v, 2)}, {_above(v, 4)})" for v in values] + [f"{c}_both" for c in counts]
    return f"""
SELECT {ids}, {", ".join(answer)}, parts FROM (
  SELECT {ids}, {", ".join(summaries)}, arraySort(groupArray(({parts}))) AS parts
  FROM (SELECT {ids}, role, bucket, {", ".join(lists)} FROM {subjects.rows} GROUP BY {ids}, role, bucket)
  GROUP BY {ids})
ORDER BY {ids}"""


def _spread(value: str, at: int) -> str:
    own = f"{value}_all"
    quantiles = QUANTILES.format(form="ArrayIf")
    return f"sumIf(length({own}), role = {at}), avgArrayIf({own}, role = {at}), {quantiles}({own}, role = {at})"


def _above(value: str, quantile: int) -> str:
    return f"arrayCount(x -> x > {value}_0.3[{quantile}], {value}_now)"


def raw(table: str, scope: Scope, keep: tuple[int, int]) -> str:
    """Return the common table expression of the spans in scope.

    Args:
        table: name of the table.
        scope: the windows.
        keep: one trace in this many is read, in the baseline and in the incident.
    """
    at = role("Timestamp", scope)
    sample = "1" if keep == (1, 1) else f"cityHash64(TraceId) % if({at} = 1, {keep[1]}, {keep[0]}) = 0"
    return template(
        "raw",
        service=SERVICE,
        **peer_parts(),
        role=at,
        origin=str(scope.incident.start_ns),
        width=str(scope.bucket_ns),
        table=named(table),
        within=in_scope("Timestamp", scope),
        sample=sample,
    )


def spans(raw: str, select: str) -> str:
    """Return a query over all spans with their own time."""
    return f"WITH {raw},\n{template('spans')}\n{select}"


def traces(raw: str, select: str) -> str:
    """Return a query over all requests."""
    return f"WITH {raw},\n{template('trace')}\n{select}"


def given(raw: str, rarity: Sequence[tuple[int, int]]) -> str:
    """Return the query for calls per kind of request; `rarity` are caller and callee of calls, the rarest first."""
    pairs = ", ".join(str((caller + 3 * callee) % 2**64) for caller, callee in rarity)
    ranks = ", ".join(str(rank) for rank in range(1, len(rarity) + 1))
    return spans(raw, template("given", pairs=f"[{pairs}]::Array(UInt64)", ranks=f"[{ranks}]::Array(UInt64)"))


def names(raw: str) -> str:
    """Return the query for what the hashes stand for: operation, service, and peers that send no spans."""
    return f"""WITH {raw}
SELECT op, svc, service, operation, groupUniqArray((peer, peer_name)) FROM raw
GROUP BY op, svc, service, operation ORDER BY service, operation"""


def segments(table: str, scope: Scope, service: str, operation: str, slow_ns: float, most: int) -> str:
    """Return the query for failed or slow spans per attribute value; attributes with over `most` values are ids."""
    bad = f"(endsWith(upper(toString(StatusCode)), 'ERROR') OR Duration > {slow_ns!r})"
    own, resource = (f"CAST({name}, 'Map(String, String)')" for name in ("SpanAttributes", "ResourceAttributes"))
    both = f"mapUpdate(mapUpdate({own}, {resource}), map('pod', {POD_NAME}))"
    return f"""
SELECT key, groupArray((value, n0, n1, bad0, bad1)) FROM (
  SELECT kv.1 AS key, kv.2 AS value, countIf(role = 0) AS n0, countIf(role = 1) AS n1,
         countIf(role = 0 AND bad) AS bad0, countIf(role = 1 AND bad) AS bad1
  FROM (SELECT {role("Timestamp", scope)} AS role, {bad} AS bad,
               arrayJoin(arrayZip(mapKeys({both}) AS keys, mapValues({both}))) AS kv
        FROM {named(table)} WHERE ({in_scope("Timestamp", scope)}) AND {_of(service, operation)})
  WHERE value <> '' GROUP BY key, value ORDER BY value)
GROUP BY key HAVING count() <= {most} ORDER BY key"""


def _of(service: str, operation: str) -> str:
    return of(service) + (f" AND SpanName = {literal(operation)}" if operation else "")


_FAILED = "endsWith(upper(toString(StatusCode)), 'ERROR')"


def _exception(what: str) -> str:
    """Return the SQL for type or message of the exception that a span's events record, empty without one."""
    told = f"arrayFirst(e -> e['exception.{what}'] <> '', CAST(`Events.Attributes`, 'Array(Map(String, String))'))"
    return f"leftUTF8({told}['exception.{what}'], {MESSAGE_LIMIT})"


SPAN = f"""SELECT TraceId, SpanId, ParentSpanId, {SERVICE}, toString(SpanName), {POD_NAME},
       toUnixTimestamp64Nano(Timestamp), toInt64(Duration), upper(toString(StatusCode)),
       replaceOne(lower(toString(SpanKind)), 'span_kind_', ''),
       if(StatusMessage <> '', StatusMessage,
          arrayStringConcat(arrayFilter(t -> t <> '', [{_exception("type")}, {_exception("message")}]), ': ')),
       CAST(SpanAttributes, 'Map(String, String)')"""


def examples(table: str, window: TimeWindow, service: str, operation: str, order: Order, limit: int) -> str:
    """Return the query for a few spans of one operation; which ones is found without reading their attributes."""
    rows = f"FROM {named(table)} WHERE {within('Timestamp', window)} AND {_of(service, operation)}"
    ordering = {
        "slowest": "Duration DESC",
        "failed": f"{_FAILED} DESC, Duration DESC",
        "earliest": f"{_FAILED} DESC, Timestamp",
        "median": f"abs(toFloat64(Duration) - (SELECT quantileExactInclusive(0.5)(Duration) {rows}))",
    }[order]
    chosen = f"SELECT TraceId, SpanId {rows} ORDER BY {ordering}, SpanId LIMIT {limit}"
    return f"{SPAN} {rows} AND (TraceId, SpanId) IN ({chosen}) ORDER BY {ordering}, SpanId LIMIT {limit}"


def one_trace(table: str, trace_id: str, horizon: TimeWindow | None) -> str:
    """Return the query for all spans of a trace."""
    inside = f" AND {within('Timestamp', horizon)}" if horizon else ""
    return (
        f"{SPAN} FROM {named(table)} WHERE TraceId = {literal(trace_id)}{inside} ORDER BY Timestamp, SpanId LIMIT 10000"
    )


def resource(table: str, service: str, inside: str) -> str:
    """Return the query for the resource attributes of a service."""
    own = "CAST(ResourceAttributes, 'Map(String, String)')"
    return f"SELECT {own} FROM {named(table)} WHERE {inside} AND {_of(service, '')} AND notEmpty({own}) LIMIT 1"
