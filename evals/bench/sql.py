"""Generated log lines and metric points, made by DuckDB from hashes of row numbers, so seeded and fast."""

from __future__ import annotations

from evals.bench.spans import Fault
from evals.bench.world import PODS, World
from tools.window import TimeWindow

_LINES = (
    "'GET /api/orders/' || a || ' 200 in ' || b % 900 || 'ms'",
    "'user ' || a || ' added item ' || b || ' to cart ' || x",
    "'connection to 10.0.' || a % 256 || '.' || b % 256 || ':5432 reused'",
    "'request ' || x || ' finished in ' || b % 5000 / 10.0 || ' ms, ' || a % 60000 || ' bytes'",
    "'cache hit for key \"session:' || x || '\" ttl=' || b % 3600",
    '\'{"level":"info","message":"order \' || a || \' confirmed","took_ms":\' || b % 400 || \',"id":"\' || x || \'"}\'',
    "'retrying call to inventory, attempt ' || a % 3 || ', backoff ' || b % 1000 || 'ms'",
    "'sent mail to user' || a || '@example.org with reference ' || x",
    "'2026-11-24T10:' || a % 60 || ':' || b % 60 || 'Z WARN pool usage ' || b % 100 || '%'",
    "'job ' || uuid || ' took ' || a % 90 || 's'",
)
"""Bodies of log lines; a and b are numbers, x and uuid ids."""
METRICS = ("cpu_pct", "memory_pct", "threads", "open_connections", "gc_pause_ms", "disk_io", "queue_length")
"""Gauges of every pod; beside them a counter, `requests_total`."""


def log_sql(world: World, window: TimeWindow, lines: int, fault: Fault, seed: int) -> str:
    """Return the query for log lines inside a window, by time; the culprit complains while it is faulty."""
    choices = " ".join(f"WHEN {number} THEN {body}" for number, body in enumerate(_LINES))
    span = window.end_ns - window.start_ns
    return f"""
WITH drawn AS (
  SELECT {window.start_ns} + i * {span} // {lines} AS time_unix_nano,
         hash(i, {seed}) AS h, hash(i, {seed}, 1) AS a64, md5(i || '-{seed}') AS x
  FROM range({lines}) t(i)),
named AS (
  SELECT *, 'service-' || lpad((h % {len(world.services)})::VARCHAR, 2, '0') AS service, a64 % 1000000 AS a,
         (a64 // 1000000) % 1000000 AS b,
         regexp_replace(x, '(.{{8}})(.{{4}})(.{{4}})(.{{4}})(.{{12}})', '\\1-\\2-\\3-\\4-\\5') AS uuid
  FROM drawn)
SELECT time_unix_nano, service, service || '-' || (h // 7) % {PODS} AS pod, x AS trace_id,
       CASE WHEN {_faulty("time_unix_nano", fault)} AND h // 11 % 4 = 0 THEN 'ERROR' ELSE 'INFO' END AS severity,
       CASE WHEN {_faulty("time_unix_nano", fault)} AND h // 11 % 4 = 0
            THEN 'deadline exceeded after ' || b % 900 || 'ms waiting for lock ' || a
            ELSE CASE (h // 13) % {len(_LINES)} {choices} END END AS body
FROM named ORDER BY time_unix_nano"""


def metric_sql(world: World, window: TimeWindow, step: int, fault: Fault, seed: int) -> str:
    """Return the query for one point of every metric and pod each `step` seconds, by time."""
    start, scrapes = window.start_ns // 1_000_000_000, int(window.seconds // step)
    names = ", ".join(f"'{name}'" for name in METRICS)
    return f"""
WITH pods AS (SELECT 'service-' || lpad(s::VARCHAR, 2, '0') AS service, s, p
              FROM range({len(world.services)}) a(s), range({PODS}) b(p)),
scrapes AS (SELECT {start} + i * {step} AS timestamp FROM range({scrapes}) t(i)),
points AS (
  SELECT timestamp::DOUBLE AS timestamp, service, service || '-' || p AS pod, metric,
         30 + hash(s, metric) % 40 + (hash(timestamp, s, p, metric, {seed}) % 1000) / 200.0
         + CASE WHEN metric = 'cpu_pct' AND {_faulty("timestamp * 1000000000", fault)} THEN 40 ELSE 0 END AS value,
         'gauge' AS type, NULL AS temporality, NULL::BOOLEAN AS monotonic
  FROM scrapes, pods, unnest([{names}]) m(metric)
  UNION ALL
  SELECT timestamp::DOUBLE, service, service || '-' || p, 'requests_total',
         timestamp * 20.0 + (hash(timestamp, s, p, {seed}) % 1000) / 100.0, 'sum', 'cumulative', true
  FROM scrapes, pods)
SELECT * FROM points ORDER BY timestamp, service, pod, metric"""


def _faulty(nanoseconds: str, fault: Fault) -> str:
    inside = f"{nanoseconds} >= {fault.window.start_ns} AND {nanoseconds} < {fault.window.end_ns}"
    return f"service = '{fault.service}' AND {inside}"
