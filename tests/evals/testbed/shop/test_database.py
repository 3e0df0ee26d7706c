"""The pool: bounded, counted, and renewed when its settings change."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import asyncpg
import pytest

from evals.testbed.shop.runtime.database import Database
from evals.testbed.shop.runtime.settings import InstanceFile, Live, Settings


class Pool:
    """A pool of connections that are numbers; the next one is lent when one is free."""

    def __init__(self, **asked: Any) -> None:
        self.asked = asked
        self.size = asked["max_size"]
        self.free = list(range(self.size))
        self.closed = False
        self.queue: asyncio.Condition = asyncio.Condition()

    async def acquire(self, timeout: float) -> Any:
        async with self.queue:
            await asyncio.wait_for(self.queue.wait_for(lambda: bool(self.free)), timeout)
            number = self.free.pop()
        return SimpleNamespace(number=number, fetch=self.fetch, fetchrow=self.fetchrow)

    async def fetch(self, query: str, *values: object, timeout: float) -> list[Any]:
        return [(query, values)]

    async def fetchrow(self, query: str, *values: object, timeout: float) -> Any:
        if "broken" in query:
            raise asyncpg.PostgresSyntaxError("broken")
        return (query, values)

    async def release(self, connection: Any) -> None:
        async with self.queue:
            self.free.append(connection.number)
            self.queue.notify()

    def get_size(self) -> int:
        return int(self.size)

    def get_idle_size(self) -> int:
        return len(self.free)

    async def close(self) -> None:
        self.closed = True


@pytest.fixture
def pools(monkeypatch: pytest.MonkeyPatch) -> list[Pool]:
    opened: list[Pool] = []

    async def create_pool(**asked: Any) -> Pool:
        opened.append(Pool(**asked))
        return opened[-1]

    monkeypatch.setattr(asyncpg, "create_pool", create_pool)
    return opened


def database(tmp_path: Path, **settings: object) -> Database:
    instance = InstanceFile(
        service="payment", instance="payment-1", version="1", port=1, folder=tmp_path, postgres_port=2, redis_port=0
    )
    base = {"database_password": "old", "database_pool_size": 2, "database_timeout": 0.1, **settings}
    live = SimpleNamespace(now=Settings().model_copy(update=base))
    return Database(instance, cast("Live[Settings]", live))


def test_a_service_logs_in_under_its_own_name(pools: list[Pool], tmp_path: Path) -> None:
    asyncio.run(database(tmp_path).fetch("SELECT 1"))
    (pool,) = pools
    assert (pool.asked["user"], pool.asked["port"], pool.asked["max_size"]) == ("payment", 2, 2)
    assert pool.asked["server_settings"] == {"application_name": "payment-1"}


def test_a_connection_comes_back_also_after_an_error(pools: list[Pool], tmp_path: Path) -> None:
    async def story() -> None:
        store = database(tmp_path)
        for _ in range(5):
            with pytest.raises(asyncpg.PostgresError):
                await store.fetch_one("broken")
        assert await store.fetch_one("SELECT $1", 7) == ("SELECT $1", (7,))

    asyncio.run(story())
    assert len(pools[0].free) == 2


def test_who_finds_no_connection_in_time_is_told_and_counted_while_waiting(pools: list[Pool], tmp_path: Path) -> None:
    async def story() -> None:
        store = database(tmp_path)
        loans = [await store.borrow() for _ in range(2)]
        assert store.usage() == [(0.0, {"state": "idle"}), (2.0, {"state": "used"})]
        waiting = asyncio.create_task(store.borrow())
        await asyncio.sleep(0.02)
        assert store.waiting == 1
        with pytest.raises(TimeoutError):
            await waiting
        assert store.waiting == 0
        for loan in loans:
            await loan.give_back()
        assert store.usage() == [(2.0, {"state": "idle"}), (0.0, {"state": "used"})]

    asyncio.run(story())


def test_a_new_password_or_size_opens_a_new_pool_and_closes_the_old_one(pools: list[Pool], tmp_path: Path) -> None:
    async def story() -> None:
        store = database(tmp_path)
        loan = await store.borrow()
        store._live.now = store._live.now.model_copy(update={"database_password": "new"})
        await store.fetch("SELECT 1")
        await asyncio.sleep(0)
        assert [pool.closed for pool in pools] == [True, False]
        await loan.give_back()  # to the pool that it came from
        assert len(pools[0].free) == 2

    asyncio.run(story())
    assert [pool.asked["password"] for pool in pools] == ["old", "new"]


def test_many_at_once_open_one_pool(pools: list[Pool], tmp_path: Path) -> None:
    async def story() -> None:
        store = database(tmp_path)
        await asyncio.gather(*(store.fetch("SELECT 1") for _ in range(2)))

    asyncio.run(story())
    assert len(pools) == 1


def test_before_the_first_query_there_is_nothing_to_count(tmp_path: Path) -> None:
    assert database(tmp_path).usage() == []
