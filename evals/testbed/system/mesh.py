"""The mesh: a TCP proxy in every path between two processes, where the network can misbehave.

`tc netem` is not available everywhere, and a proxy can harm one path alone. It forwards bytes and knows
no protocol. A lost segment is what TCP makes of it: its bytes, and all behind them, arrive a retransmission
time-out later.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import json
import random
from collections.abc import Coroutine
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from evals.testbed.system.plan import Link, Plan

CHUNK = 65_536
RETRANSMIT_SECONDS = 0.2
"""Linux's least retransmission time-out; it doubles with every loss in a row."""
POLL_SECONDS = 0.2


class Weather(BaseModel):
    """The state of one path, in both directions.

    Delays in seconds, each way; `loss` is the fraction of segments lost; nothing passes a `cut` path.
    """

    model_config = ConfigDict(frozen=True)

    delay: float = 0.0
    jitter: float = 0.0
    loss: float = 0.0
    cut: bool = False

    def hold(self, rng: random.Random) -> float:
        """Return how many seconds a segment is under way."""
        seconds = self.delay + rng.uniform(0, self.jitter) if self.jitter else self.delay
        timeout = RETRANSMIT_SECONDS
        while self.loss and rng.random() < self.loss:
            seconds += timeout
            timeout *= 2
        return seconds


FAIR = Weather()


def weather_path(folder: Path) -> Path:
    """Return the file that says which paths misbehave: `caller->callee` → Weather."""
    return folder / "config" / "mesh.json"


class Mesh:
    """All proxies of the system, in one process.

    Args:
        plan: the paths.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._weather: dict[str, Weather] = {}
        self._rng = random.Random(plan.redis_port)

    async def run(self) -> None:
        """Forward until cancelled."""
        async with contextlib.AsyncExitStack() as stack:
            for link in self._plan.links:
                accept = functools.partial(self.forward, link)
                await stack.enter_async_context(await asyncio.start_server(accept, "127.0.0.1", link.port))
            await self._follow()

    async def _follow(self) -> None:
        """Keep reading the weather."""
        path, stamp = weather_path(self._plan.folder), 0
        while True:
            found = path.stat().st_mtime_ns if path.exists() else 0
            if found != stamp:
                stamp = found
                read = json.loads(path.read_text(encoding="utf-8")) if found else {}
                self._weather = {name: Weather.model_validate(value) for name, value in read.items()}
            await asyncio.sleep(POLL_SECONDS)

    def weather(self, link: Link) -> Weather:
        """Return the present state of a path."""
        return self._weather.get(f"{link.caller}->{link.callee}", FAIR)

    async def forward(self, link: Link, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Connect to the target and forward both ways until either side is done."""
        try:
            await self._until_passable(link)
            there, back = await asyncio.open_connection("127.0.0.1", link.target)
            try:
                await _first_of(self._one_way(link, reader, back), self._one_way(link, there, writer))
            finally:
                back.close()
        except OSError:
            return  # the target is down; closing the connection says so
        finally:
            writer.close()

    async def _one_way(self, link: Link, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Forward one direction; segments keep their order, and a delay is no limit on throughput."""
        queue: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        delivery = asyncio.create_task(self._deliver(link, queue, writer))
        arrival = 0.0
        clock = asyncio.get_running_loop().time
        try:
            with contextlib.suppress(OSError):
                while data := await reader.read(CHUNK):
                    arrival = max(arrival, clock() + self.weather(link).hold(self._rng))
                    queue.put_nowait((arrival, data))
            queue.put_nowait((arrival, b""))
            await delivery
        finally:
            delivery.cancel()

    async def _deliver(
        self, link: Link, queue: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter
    ) -> None:
        clock = asyncio.get_running_loop().time
        with contextlib.suppress(OSError):
            while True:
                arrival, data = await queue.get()
                if (wait := arrival - clock()) > 0:
                    await asyncio.sleep(wait)
                if not data:
                    return
                await self._until_passable(link)
                writer.write(data)
                await writer.drain()

    async def _until_passable(self, link: Link) -> None:
        while self.weather(link).cut:
            await asyncio.sleep(POLL_SECONDS)


async def _first_of(*ways: Coroutine[None, None, None]) -> None:
    """Run all until one is done, then cancel the others."""
    tasks = [asyncio.create_task(way) for way in ways]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()


def run_mesh(plan: Plan) -> None:
    """Run the mesh in this process until it is killed."""
    asyncio.run(Mesh(plan).run())
