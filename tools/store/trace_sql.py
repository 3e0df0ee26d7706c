"""SQL of the embedded trace source. All of it reads the tables that `tools.store.spans` makes.

Rows are grouped by hashes and get their names at the end, when there are few of them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from tools.sources.masks import MESSAGE_LIMIT
from tools.sources.protocols import Order
from tools.store.scoped import literal, per_window, service_is, within
from tools.window import Scope, TimeWindow

QUANTILES = "[0.25, 0.5, 0.75, 0.9, 0.99]"


@dataclass(frozen=True, slots=True)
class Subjects:
    """What a method tells of: grouping columns, which rows of which table, and how the groups get names."""

    ids: str
    table: str
    where: str
    names: str
    joins: str


OWN = "NOT wire AND NOT leaf"
"""Spans whose own time is spent in their service's code."""
OPERATIONS = Subjects("op", "span", "TRUE", "service, operation", "JOIN operation USING (op)")
CODE = replace(OPERATIONS, where=OWN)
ENTRIES = replace(OPERATIONS, table="(SELECT entry AS op, * FROM trace)")
EDGES = Subjects(
    "op, peer, leaf",
    "span",
    "wire OR leaf",
    "service, party.name AS peer, operation, leaf",
    "JOIN operation USING (op) JOIN party ON party.id = peer",
)

OPERATION_VALUES = (
    f"count(*) FILTER (WHERE {OWN}) AS own_n, avg(own) FILTER (WHERE {OWN}) AS own_mean, "
    f"quantile_cont(own, {QUANTILES}) FILTER (WHERE {OWN}) AS own_quantiles, "
    f"count(*) AS n, avg(dur) AS mean, quantile_cont(dur, {QUANTILES}) AS quantiles, "
    "count(*) FILTER (WHERE err) AS errors, count(*) FILTER (WHERE origin) AS error_origins"
)
ENTRY_VALUES = (
    f"count(*) AS n, avg(dur) AS mean, quantile_cont(dur, {QUANTILES}) AS quantiles, "
    "count(*) FILTER (WHERE err) AS errors"
)
EDGE_VALUES = ENTRY_VALUES.replace("(dur", "(gap") + (
    f", count(stray) AS stray_n, avg(stray) AS stray_mean, quantile_cont(stray, {QUANTILES}) AS stray_quantiles"
)


def grouped(subjects: Subjects, values: str) -> str:
    """Return the query for values per subject and window, and per time bucket too.

    Rows are the names, `role`, `bucket` (NULL: the whole window), then the values.
    """
    ids = subjects.ids
    return f"""
SELECT {subjects.names}, g.* EXCLUDE ({ids}) FROM (
  SELECT {ids}, role, bucket, {values} FROM {subjects.table} WHERE {subjects.where}
  GROUP BY GROUPING SETS (({ids}, role), ({ids}, role, bucket))) g
{subjects.joins} ORDER BY ALL"""


def excess(subjects: Subjects, column: str) -> str:
    """Return the query for the mean time per incident request beyond what baseline requests of its entry took."""
    ids = subjects.ids
    return f"""
WITH requests AS (SELECT entry, count(*) FILTER (WHERE role = 0) AS n0, count(*) FILTER (WHERE role = 1) AS n1
                FROM trace GROUP BY entry HAVING n0 > 0 AND n1 > 0),
spent AS (SELECT {ids}, entry, sum({column}) FILTER (WHERE r = 0) AS ns0, sum({column}) FILTER (WHERE r = 1) AS ns1
          FROM (SELECT span.*, entry, trace.role AS r FROM span JOIN trace USING (t))
          WHERE {subjects.where} GROUP BY {ids}, entry),
g AS (SELECT {ids}, sum(coalesce(ns1, 0) - coalesce(ns0, 0) * n1 / n0) / (SELECT sum(n1) FROM requests) AS ns
      FROM spent JOIN requests USING (entry) GROUP BY {ids})
SELECT {subjects.names}, ns FROM g {subjects.joins} ORDER BY ALL"""


def above(subjects: Subjects, column: str) -> str:
    """Return the query for how many incident values lie above the baseline's median and 90th percentile."""
    ids = subjects.ids
    return f"""
WITH base AS (SELECT {ids}, quantile_cont({column}, [0.5, 0.9]) AS q FROM {subjects.table}
              WHERE role = 0 AND ({subjects.where}) GROUP BY {ids}),
g AS (SELECT {ids}, count(*) FILTER (WHERE {column} > q[1]) AS p50, count(*) FILTER (WHERE {column} > q[2]) AS p90
      FROM {subjects.table} JOIN base USING ({ids}) WHERE role = 1 AND ({subjects.where}) GROUP BY {ids})
SELECT {subjects.names}, p50, p90 FROM g {subjects.joins} ORDER BY ALL"""


CALLS = """
SELECT e.operation AS entry, c.service, c.operation, k.service AS peer, k.operation AS peer_operation, role, bucket,
       sum(callers) AS with_call
FROM (SELECT entry, parent_op, child.op, trace.role AS role, span.bucket, count(DISTINCT child.p) AS callers
      FROM child JOIN trace ON trace.t = child.t JOIN span ON span.s = child.p GROUP BY ALL) g
JOIN operation e ON e.op = entry JOIN operation c ON c.op = parent_op JOIN operation k ON k.op = g.op
GROUP BY ALL ORDER BY ALL"""

PARENTS = """
SELECT e.operation AS entry, o.service, o.operation, role, bucket, sum(n) AS parents
FROM (SELECT entry, span.op, trace.role AS role, span.bucket, count(*) AS n
      FROM span JOIN trace USING (t) GROUP BY ALL) g
JOIN operation e ON e.op = entry JOIN operation o ON o.op = g.op GROUP BY ALL"""

KIND_OF_REQUEST = """
WITH made AS (SELECT DISTINCT p, parent_op, op FROM child),
kinds AS (SELECT p, parent_op, arg_min(op, (n, op)) AS given
          FROM made JOIN (SELECT parent_op, op, count(*) AS n FROM made GROUP BY ALL) USING (parent_op, op)
          GROUP BY p, parent_op HAVING count(*) > 1)"""
"""What kind of request a caller span serves, told by the rarest call that it makes: one entry point often serves
many, and what a kind of request no longer does is lost among the others."""

CALLS_GIVEN = f"""{KIND_OF_REQUEST}
SELECT e.operation AS entry, c.service, c.operation, k.service AS peer, k.operation AS peer_operation,
       w.service || ' ' || w.operation AS given, role, bucket, sum(callers) AS with_call
FROM (SELECT entry, made.parent_op, given, made.op, trace.role AS role, span.bucket, count(*) AS callers
      FROM made JOIN kinds USING (p) JOIN span ON span.s = made.p JOIN trace ON trace.t = span.t
      WHERE made.op <> given GROUP BY ALL) g
JOIN operation e ON e.op = entry JOIN operation c ON c.op = parent_op JOIN operation k ON k.op = g.op
JOIN operation w ON w.op = given
GROUP BY ALL ORDER BY ALL"""

PARENTS_GIVEN = f"""{KIND_OF_REQUEST}
SELECT e.operation AS entry, c.service, c.operation, w.service || ' ' || w.operation AS given, role, bucket,
       sum(n) AS parents
FROM (SELECT entry, parent_op, given, trace.role AS role, span.bucket, count(*) AS n
      FROM kinds JOIN span ON span.s = kinds.p JOIN trace ON trace.t = span.t GROUP BY ALL) g
JOIN operation e ON e.op = entry JOIN operation c ON c.op = parent_op JOIN operation w ON w.op = given
GROUP BY ALL"""

TOPOLOGY = """
SELECT a.name AS caller, b.name AS callee, sum(n)::BIGINT AS calls
FROM (SELECT parent_svc AS a, svc AS b, count(*) AS n FROM child WHERE parent_svc <> svc GROUP BY ALL
      UNION ALL
      SELECT o.svc, peer, count(*) FROM span JOIN operation o USING (op) WHERE leaf GROUP BY ALL) g
JOIN party a ON a.id = g.a JOIN party b ON b.id = g.b GROUP BY ALL ORDER BY ALL"""

METHODS = {
    "operations": grouped(OPERATIONS, OPERATION_VALUES),
    "operations.excess": excess(CODE, "own"),
    "operations.above_own": above(CODE, "own"),
    "operations.above_total": above(OPERATIONS, "dur"),
    "edges": grouped(EDGES, EDGE_VALUES),
    "edges.excess": excess(EDGES, "gap"),
    "edges.above": above(EDGES, "gap"),
    "entries": grouped(ENTRIES, ENTRY_VALUES),
    "calls": CALLS,
    "calls.parents": PARENTS,
    "calls.given": CALLS_GIVEN,
    "calls.given_parents": PARENTS_GIVEN,
    "topology": TOPOLOGY,
}
"""Query by method; what stands after the dot is the second query of a method."""


def _exception(what: str) -> str:
    """Return the SQL for type or message of the exception that a span's events record, NULL without one."""
    path = f'$[*].attributes."exception.{what}"'
    return f"left(json_extract_string(TRY_CAST(events AS JSON), {literal(path)})[1], {MESSAGE_LIMIT})"


SPAN_COLUMNS = f"""SELECT trace_id, span_id, coalesce(parent_span_id, ''), coalesce(service, ''),
       coalesce(operation, ''), coalesce(pod, ''), start_unix_nano, duration_ns, coalesce(status, ''),
       coalesce(kind, ''),
       coalesce(nullif(status_message, ''), concat_ws(': ', {_exception("type")}, {_exception("message")})),
       attributes"""
_FAILED = "coalesce(upper(status) LIKE '%ERROR', false)"
_USABLE = "trace_id IS NOT NULL AND span_id IS NOT NULL AND duration_ns >= 0"


def segments(select: str, scope: Scope, service: str, operation: str, slow_ns: float) -> str:
    """Return the query for how many spans failed or were slow per attribute value of one operation."""
    rows = per_window(select, scope, "traces")
    bad = f"(coalesce(upper(status) LIKE '%ERROR', false) OR duration_ns > {slow_ns!r})"
    attributes = "map_concat(coalesce(attributes, MAP {}), coalesce(resource, MAP {}), MAP {'pod': coalesce(pod, '')})"
    return f"""
WITH pairs AS (SELECT role, {bad} AS bad, unnest(map_entries({attributes})) AS kv FROM ({rows})
               WHERE {service_is(service)} AND operation = {literal(operation)} AND {_USABLE})
SELECT kv.key, kv.value, count(*) FILTER (WHERE role = 0), count(*) FILTER (WHERE role = 1),
       count(*) FILTER (WHERE role = 0 AND bad), count(*) FILTER (WHERE role = 1 AND bad)
FROM pairs WHERE kv.value <> '' GROUP BY ALL ORDER BY ALL"""


def examples(select: str, window: TimeWindow, service: str, operation: str, order: Order, limit: int) -> str:
    """Return the query for a few spans of one operation; an empty operation means any of the service."""
    named = f" AND operation = {literal(operation)}" if operation else ""
    rows = f"FROM ({select}) WHERE {within('traces', window)} AND {service_is(service)}{named} AND {_USABLE}"
    ordering = {
        "slowest": "duration_ns DESC",
        "failed": f"{_FAILED} DESC, duration_ns DESC",
        "earliest": f"{_FAILED} DESC, start_unix_nano",
        "median": f"abs(duration_ns - (SELECT median(duration_ns) {rows}))",
    }[order]
    return f"{SPAN_COLUMNS} {rows} ORDER BY {ordering}, span_id LIMIT {limit}"


def one_trace(select: str, trace_id: str) -> str:
    """Return the query for all spans of a trace."""
    return f"{SPAN_COLUMNS} FROM ({select}) WHERE trace_id = {literal(trace_id)} ORDER BY start_unix_nano, span_id"
