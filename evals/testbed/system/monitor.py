"""What the stores say about themselves, exported as a monitoring agent beside them would."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import asyncpg
import psutil
import redis.asyncio as redis
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.metrics import CallbackOptions, Meter, Observation
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource

from evals.testbed.shop.runtime.telemetry import pace
from evals.testbed.system.collecting import NICENESS
from evals.testbed.system.plan import POSTGRES, REDIS, Plan
from evals.testbed.system.stores import DATABASE, SUPERUSER

POLL_SECONDS = 2.5
_ACTIVITY = """
SELECT count(*) FILTER (WHERE state = 'active') AS active, count(*) AS connections,
       count(*) FILTER (WHERE wait_event_type = 'Lock') AS waiting
FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"""
_TABLES = "SELECT relname, seq_scan, seq_tup_read, n_tup_upd FROM pg_stat_user_tables"
_TOTALS = "SELECT xact_commit, xact_rollback FROM pg_stat_database WHERE datname = current_database()"
Point = tuple[float, dict[str, str]]


@dataclass(slots=True)
class Board:
    """The latest values by instrument; empty while a store does not answer."""

    values: dict[str, list[Point]] = field(default_factory=dict)

    def read(self, name: str) -> Iterable[Observation]:
        """Return the observations of one instrument."""
        return [Observation(value, attributes) for value, attributes in self.values.get(name, [])]


GAUGES = {
    POSTGRES: {
        "process.cpu.utilization": "1",
        "postgresql.backends": "{connection}",
        "postgresql.backends.active": "{connection}",
        "postgresql.backends.waiting": "{connection}",
    },
    REDIS: {"process.cpu.utilization": "1", "redis.memory.used": "By", "redis.clients.connected": "{client}"},
}
COUNTERS = {
    POSTGRES: {
        "postgresql.sequential_scans": "{scan}",
        "postgresql.sequential_rows": "{row}",
        "postgresql.commits": "{transaction}",
        "postgresql.rollbacks": "{transaction}",
    },
    REDIS: {
        "redis.keys.evicted": "{key}",
        "redis.keyspace.hits": "{hit}",
        "redis.keyspace.misses": "{miss}",
        "redis.commands.processed": "{command}",
    },
}


def run_monitor(plan: Plan) -> None:
    """Watch both stores until this process is ended."""
    os.nice(NICENESS)
    boards = {name: Board() for name in (POSTGRES, REDIS)}
    for name, board in boards.items():
        _instruments(_meter(plan, name), name, board)
    asyncio.run(_watch(plan, boards))


def _meter(plan: Plan, name: str) -> Meter:
    exporter = OTLPMetricExporter(endpoint=f"{plan.otlp_endpoint}/v1/metrics")
    reader = PeriodicExportingMetricReader(exporter, export_interval_millis=pace(f"{name} metrics"))
    resource = Resource.create({"service.name": name, "service.instance.id": f"{name}-1"})
    return MeterProvider([reader], resource).get_meter("monitor")


def _instruments(meter: Meter, store: str, board: Board) -> None:
    for name, unit in GAUGES[store].items():
        meter.create_observable_gauge(name, [_reading(board, name)], unit)
    for name, unit in COUNTERS[store].items():
        meter.create_observable_counter(name, [_reading(board, name)], unit)


def _reading(board: Board, name: str) -> Any:
    def read(_: CallbackOptions) -> Iterable[Observation]:
        return board.read(name)

    return read


async def _watch(plan: Plan, boards: dict[str, Board]) -> None:
    watches: dict[str, _Watch] = {POSTGRES: _PostgresWatch(plan), REDIS: _RedisWatch(plan)}
    while True:
        for name, watch in watches.items():
            try:
                boards[name].values = await asyncio.wait_for(watch.look(), POLL_SECONDS)
            except (asyncpg.PostgresError, asyncpg.InterfaceError, redis.RedisError, OSError, TimeoutError):
                boards[name].values = {}
                await watch.hang_up()
        await asyncio.sleep(POLL_SECONDS)


class _Watch(Protocol):
    """Looks at a store over a connection that it keeps: a new one each time costs PostgreSQL a process."""

    async def look(self) -> dict[str, list[Point]]: ...

    async def hang_up(self) -> None: ...


class _PostgresWatch:
    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._use = _CpuUse()
        self._connection: Any = None

    async def look(self) -> dict[str, list[Point]]:
        if self._connection is None:
            self._connection = await asyncpg.connect(
                host=str(self._plan.folder / "pgsocket"),
                port=self._plan.postgres_port,
                user=SUPERUSER,
                database=DATABASE,
            )
        activity = await self._connection.fetchrow(_ACTIVITY)
        totals = await self._connection.fetchrow(_TOTALS)
        tables = await self._connection.fetch(_TABLES)
        pid = int((self._plan.folder / "postgres" / "postmaster.pid").read_text(encoding="ascii").split()[0])
        return {"process.cpu.utilization": [(self._use.measure(pid), {})], **postgres_points(activity, totals, tables)}

    async def hang_up(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None


Row = Mapping[str, float]


def postgres_points(activity: Row, totals: Row, tables: Sequence[Mapping[str, Any]]) -> dict[str, list[Point]]:
    """Return PostgreSQL's points by instrument, of the rows of its statistics views."""
    return {
        "postgresql.backends": [(activity["connections"], {})],
        "postgresql.backends.active": [(activity["active"], {})],
        "postgresql.backends.waiting": [(activity["waiting"], {})],
        "postgresql.sequential_scans": [(row["seq_scan"], {"table": row["relname"]}) for row in tables],
        "postgresql.sequential_rows": [(row["seq_tup_read"], {"table": row["relname"]}) for row in tables],
        "postgresql.commits": [(totals["xact_commit"], {})],
        "postgresql.rollbacks": [(totals["xact_rollback"], {})],
    }


class _RedisWatch:
    def __init__(self, plan: Plan) -> None:
        self._use = _CpuUse()
        self._client = redis.Redis(host="127.0.0.1", port=plan.redis_port)

    async def look(self) -> dict[str, list[Point]]:
        info = await self._client.info()
        return {"process.cpu.utilization": [(self._use.measure(int(info["process_id"])), {})], **redis_points(info)}

    async def hang_up(self) -> None:
        await self._client.connection_pool.disconnect()


def redis_points(info: Row) -> dict[str, list[Point]]:
    """Return Redis's points by instrument, of what it answers to INFO."""
    return {
        "redis.memory.used": [(info["used_memory"], {})],
        "redis.clients.connected": [(info["connected_clients"], {})],
        "redis.keys.evicted": [(info["evicted_keys"], {})],
        "redis.keyspace.hits": [(info["keyspace_hits"], {})],
        "redis.keyspace.misses": [(info["keyspace_misses"], {})],
        "redis.commands.processed": [(info["total_commands_processed"], {})],
    }


class _CpuUse:
    """CPU of a process and its children since the last look, in cores."""

    def __init__(self) -> None:
        self._before: dict[int, float] = {}
        self._clock = asyncio.get_running_loop().time
        self._at = self._clock()

    def measure(self, pid: int) -> float:
        now: dict[int, float] = {}
        with contextlib.suppress(psutil.NoSuchProcess):
            for process in [psutil.Process(pid), *psutil.Process(pid).children()]:
                times = process.cpu_times()
                now[process.pid] = times.user + times.system
        used = sum(total - self._before.get(one, total) for one, total in now.items())
        passed = self._clock() - self._at
        self._before, self._at = now, self._clock()
        return used / passed if passed > 0 else 0.0
