"""SQL of the embedded trace source. All of it reads the tables that sql/spans.sql makes."""

from __future__ import annotations

from tools.errors import InputError
from tools.sources.protocols import Order
from tools.store.aggregate import spread_sql
from tools.store.engine import per_window
from tools.store.parquet import literal
from tools.store.spans import span_statements
from tools.window import Scope, TimeWindow

NAMED = "span JOIN operation USING (op, service)"
CODE_SPANS = f"{NAMED} WHERE NOT wire AND NOT leaf"
EDGE_SPANS = f"{NAMED} WHERE wire OR leaf"
ENTRY_SPANS = "(SELECT o.service, o.operation, t.* FROM trace t JOIN operation o ON t.entry = o.op)"

OPERATIONS = f"""
SELECT service, operation, role, count(*), count(*) FILTER (WHERE NOT wire AND NOT leaf),
       avg(own) FILTER (WHERE NOT wire AND NOT leaf),
       quantile_cont(own, [0.25, 0.5, 0.75, 0.9, 0.99]) FILTER (WHERE NOT wire AND NOT leaf),
       {spread_sql("dur")}, count(*) FILTER (WHERE err), count(*) FILTER (WHERE origin)
FROM {NAMED} GROUP BY ALL"""

EDGES = f"""
SELECT service, peer, operation, leaf, role, count(*), {spread_sql("gap")}, count(*) FILTER (WHERE err)
FROM {EDGE_SPANS} GROUP BY ALL"""

ENTRIES = f"""
SELECT service, operation, role, count(*), {spread_sql("dur")}, count(*) FILTER (WHERE err)
FROM {ENTRY_SPANS} GROUP BY ALL"""

CALLS = """
SELECT e.operation AS entry, co.service, co.operation, po.service AS peer, po.operation AS peer_operation,
       c.role, count(DISTINCT c.p), count(*)
FROM child c JOIN span s ON s.s = c.s JOIN trace t ON t.t = s.t AND t.role = s.role
JOIN operation e ON e.op = t.entry JOIN operation co ON co.op = c.parent_op JOIN operation po ON po.op = c.op
GROUP BY ALL"""

PARENTS = """
SELECT e.operation AS entry, o.service, o.operation, s.role, count(*)
FROM span s JOIN trace t ON t.t = s.t AND t.role = s.role
JOIN operation e ON e.op = t.entry JOIN operation o ON o.op = s.op
GROUP BY ALL"""

TOPOLOGY = """
SELECT parent_service, service, count(*) FROM child WHERE parent_service <> service GROUP BY ALL
UNION ALL SELECT service, peer, count(*) FROM span WHERE leaf GROUP BY ALL
ORDER BY ALL"""


def _excess(keys: str, column: str, source: str) -> str:
    """Mean time a key takes per incident request beyond what baseline requests of the same entry took."""
    return f"""
WITH requests AS (SELECT entry, role, count(*) AS n FROM trace GROUP BY ALL),
     shared AS (SELECT b.entry, b.n AS n0, i.n AS n1 FROM requests b JOIN requests i USING (entry)
              WHERE b.role = 0 AND i.role = 1),
     spent AS (SELECT {keys}, x.entry, x.role, sum({column}) AS ns
               FROM (SELECT sp.*, tr.entry FROM span sp JOIN trace tr ON tr.t = sp.t AND tr.role = sp.role) x
               JOIN operation USING (op, service) WHERE {source} GROUP BY ALL)
SELECT {keys}, sum(CASE WHEN role = 1 THEN ns ELSE -ns * n1 / n0 END) / (SELECT sum(n1) FROM shared)
FROM spent JOIN shared USING (entry) GROUP BY ALL"""


OPERATION_EXCESS = _excess("service, operation", "own", "NOT wire AND NOT leaf")
EDGE_EXCESS = _excess("service, peer, operation, leaf", "gap", "wire OR leaf")

SPAN_COLUMNS = """SELECT trace_id, span_id, coalesce(parent_span_id, ''), service, operation, coalesce(pod, ''),
       start_unix_nano, duration_ns, coalesce(status, ''), coalesce(kind, ''), coalesce(status_message, ''),
       attributes"""


def segments(select: str, scope: Scope, service: str, operation: str) -> str:
    """Return the query for counts and latency per attribute value of one operation."""
    rows = per_window(select, scope, "traces")
    return f"""
WITH rows AS (SELECT * FROM ({rows}) WHERE service = {literal(service)} AND operation = {literal(operation)}),
     pairs AS (SELECT role, duration_ns, coalesce(upper(status) LIKE '%ERROR', false) AS err,
                      unnest(map_entries(map_concat(coalesce(attributes, MAP {{}}), coalesce(resource, MAP {{}}),
                             MAP {{'pod': coalesce(pod, '')}}))) AS kv FROM rows)
SELECT kv.key, kv.value, count(*) FILTER (WHERE role = 0), count(*) FILTER (WHERE role = 1),
       count(*) FILTER (WHERE role = 0 AND err), count(*) FILTER (WHERE role = 1 AND err),
       coalesce(avg(duration_ns) FILTER (WHERE role = 0), 0), coalesce(avg(duration_ns) FILTER (WHERE role = 1), 0)
FROM pairs WHERE kv.value <> '' GROUP BY ALL ORDER BY ALL"""


def examples(select: str, window: TimeWindow, service: str, operation: str, order: Order, limit: int) -> str:
    """Return the query for a few spans of one operation (an empty operation means any)."""
    ordering = {
        "slowest": "duration_ns DESC",
        "failed": "(coalesce(status, '') LIKE '%ERROR') DESC, duration_ns DESC",
        "median": f"abs(duration_ns - (SELECT median(duration_ns) FROM ({select}) WHERE service = {literal(service)}"
        f" AND operation = {literal(operation)}))",
    }[order]
    named = f"AND operation = {literal(operation)}" if operation else ""
    return f"""{SPAN_COLUMNS} FROM ({select})
WHERE start_unix_nano >= {window.start_ns} AND start_unix_nano < {window.end_ns}
  AND service = {literal(service)} {named} ORDER BY {ordering}, span_id LIMIT {limit}"""


_METHODS = {
    "operations": OPERATIONS,
    "edges": EDGES,
    "entries": ENTRIES,
    "calls": CALLS,
    "topology": TOPOLOGY,
    "operations.excess": OPERATION_EXCESS,
    "edges.excess": EDGE_EXCESS,
}


def reproduce(method: str, select: str, scope: Scope) -> str:
    """Return a script for any DuckDB shell that reproduces the numbers of a method.

    Raises:
        InputError: the method is not one statement over the prepared tables.
    """
    if method not in _METHODS:
        raise InputError(f"no SQL is kept for the table {method}", "known: " + ", ".join(_METHODS))
    statements = [*span_statements(per_window(select, scope, "traces")), _METHODS[method].strip()]
    return ";\n".join(statements) + ";"
