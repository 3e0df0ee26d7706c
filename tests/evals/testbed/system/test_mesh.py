"""The network between processes: what a path does to bytes."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from evals.testbed.system.mesh import FAIR, RETRANSMIT_SECONDS, Mesh, Weather, weather_path
from evals.testbed.system.plan import Link, Plan, make_plan


@given(st.floats(0, 1), st.floats(0, 1), st.integers(0, 1000))
def test_without_loss_a_segment_takes_its_delay_and_at_most_the_jitter(delay: float, jitter: float, seed: int) -> None:
    held = Weather(delay=delay, jitter=jitter).hold(random.Random(seed))
    assert delay <= held <= delay + jitter


def test_loss_costs_a_doubling_time_out() -> None:
    rng = random.Random(3)
    held = [Weather(loss=0.5).hold(rng) for _ in range(4_000)]
    steps = {round(seconds / RETRANSMIT_SECONDS) for seconds in held}
    assert steps >= {0, 1, 3, 7}
    assert 0.46 < sum(seconds == 0 for seconds in held) / 4_000 < 0.54


def test_fair_weather_costs_nothing() -> None:
    assert FAIR.hold(random.Random(1)) == 0


def _with_link(folder: Path, target: int) -> tuple[Plan, Link]:
    (folder / "config").mkdir()
    plan = make_plan(folder, "", random.Random(time.time_ns()))
    link = plan.links[0].model_copy(update={"target": target})
    return plan.model_copy(update={"links": [link]}), link


@asynccontextmanager
async def _path(folder: Path, weather: Weather) -> AsyncIterator[Callable[[bytes], Awaitable[bytes]]]:
    """Yield a function that sends bytes over a path to an echo and returns what comes back."""

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(100):
            writer.write(data)
        writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    plan, link = _with_link(folder, server.sockets[0].getsockname()[1])
    weather_path(folder).write_text(json.dumps({f"{link.caller}->{link.callee}": weather.model_dump()}))
    running = asyncio.create_task(Mesh(plan).run())
    await asyncio.sleep(0.05)

    async def there_and_back(data: bytes) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", link.port)
        try:
            writer.write(data)
            return await reader.readexactly(len(data))
        finally:
            writer.close()
            await writer.wait_closed()

    yield there_and_back
    running.cancel()
    server.close()
    await asyncio.wait([running])
    await asyncio.sleep(0.05)  # the proxies' last callbacks


def test_bytes_arrive_unchanged(tmp_path: Path) -> None:
    async def go() -> bytes:
        async with _path(tmp_path, FAIR) as send:
            return await send(b"order" * 1_000)

    assert asyncio.run(go()) == b"order" * 1_000


def test_a_delay_counts_both_ways(tmp_path: Path) -> None:
    async def go() -> float:
        async with _path(tmp_path, Weather(delay=0.1)) as send:
            start = time.monotonic()
            await send(b"order")
            return time.monotonic() - start

    assert 0.2 <= asyncio.run(go()) < 1.0


def test_nothing_passes_a_cut_path(tmp_path: Path) -> None:
    async def go() -> bool:
        async with _path(tmp_path, Weather(cut=True)) as send:
            try:
                await asyncio.wait_for(send(b"order"), 0.4)
            except TimeoutError:
                return True
            return False

    assert asyncio.run(go())
