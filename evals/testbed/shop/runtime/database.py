"""PostgreSQL through a bounded pool that follows the live settings."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg

from evals.testbed.shop.runtime.settings import InstanceFile, Live, Settings

logger = logging.getLogger("shop.database")
DATABASE = "shop"


@dataclass(frozen=True, slots=True)
class Loan:
    """A borrowed connection, and the pool it belongs to: by now a reload may have put another in its place."""

    pool: Any
    connection: Any

    async def give_back(self) -> None:
        """Return the connection."""
        await self.pool.release(self.connection)


class Database:
    """The connection pool of one service; every service logs in under its own name.

    Args:
        instance: who connects, and to which port.
        live: pool size, password and time-outs.
    """

    def __init__(self, instance: InstanceFile, live: Live[Settings]) -> None:
        self._instance = instance
        self._live = live
        self._pool: Any = None
        self._opened: tuple[str, int] = ("", 0)
        self._lock = asyncio.Lock()
        self.waiting = 0

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Any]:
        """Lend a connection.

        Raises:
            TimeoutError: none became free in time.
            asyncpg.PostgresError: the server refuses the login.
        """
        loan = await self.borrow()
        try:
            yield loan.connection
        finally:
            await loan.give_back()

    async def borrow(self) -> Loan:
        """Take a connection that has to be given back; raises as `connection` does."""
        pool = await self._current()
        self.waiting += 1
        try:
            return Loan(pool, await pool.acquire(timeout=self._live.now.database_timeout))
        finally:
            self.waiting -= 1

    async def fetch(self, query: str, *values: object) -> list[Any]:
        """Run a query and return its rows."""
        async with self.connection() as connection:
            return list(await connection.fetch(query, *values, timeout=self._live.now.database_timeout))

    async def fetch_one(self, query: str, *values: object) -> Any:
        """Run a query and return its first row, None when there is none."""
        async with self.connection() as connection:
            return await connection.fetchrow(query, *values, timeout=self._live.now.database_timeout)

    async def execute(self, query: str, *values: object) -> None:
        """Run a statement."""
        async with self.connection() as connection:
            await connection.execute(query, *values, timeout=self._live.now.database_timeout)

    def usage(self) -> list[tuple[float, dict[str, str]]]:
        """Return the number of idle and used connections."""
        if self._pool is None:
            return []
        size, idle = self._pool.get_size(), self._pool.get_idle_size()
        return [(float(idle), {"state": "idle"}), (float(size - idle), {"state": "used"})]

    async def close(self) -> None:
        """Drop all connections."""
        if self._pool is not None:
            self._pool.terminate()

    async def _current(self) -> Any:
        """Return a pool that fits the settings; an outgrown one closes when its last borrower is done."""
        wanted = (self._live.now.database_password, self._live.now.database_pool_size)
        if self._opened == wanted:
            return self._pool
        async with self._lock:
            if self._opened != wanted:
                old, self._pool = self._pool, await self._open(*wanted)
                self._opened = wanted
                if old is not None:
                    self._closing = asyncio.create_task(old.close())
        return self._pool

    async def _open(self, password: str, size: int) -> Any:
        return await asyncpg.create_pool(
            host="127.0.0.1",
            port=self._instance.postgres_port,
            user=self._instance.service,
            password=password,
            database=DATABASE,
            min_size=1,
            max_size=size,
            server_settings={"application_name": self._instance.instance},
            reset=_keep_session,
        )


async def _keep_session(connection: Any) -> None:
    """Skip the reset between borrowers: no query here changes the session."""
