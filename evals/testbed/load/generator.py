"""Sends the requests of the mix to the gateway and writes down how each went."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path
from typing import TextIO

import httpx
from pydantic import BaseModel, ConfigDict

from evals.testbed.load.mix import Mix, Request, Shoppers

TIMEOUT_SECONDS = 12.0
MOST_AT_ONCE = 200


class Experience(BaseModel):
    """How one request went for the customer. `status` 0 means no answer at all."""

    model_config = ConfigDict(frozen=True)

    time_unix: float
    route: str
    tenant: str
    status: int
    seconds: float


def mix_path(folder: Path) -> Path:
    """Return the file with the mix in effect."""
    return folder / "config" / "load.json"


def journal_path(folder: Path) -> Path:
    """Return the file with one Experience a line."""
    return folder / "load.jsonl"


def read_journal(folder: Path) -> list[Experience]:
    """Return what customers experienced so far; the last line may still be under way."""
    path = journal_path(folder)
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [Experience.model_validate_json(line) for line in lines if line.endswith("}")]


def run_load(port: int, folder: str, seed: int) -> None:
    """Send requests until this process is ended."""
    with journal_path(Path(folder)).open("a", encoding="utf-8", buffering=1) as journal:
        asyncio.run(_run(port, Path(folder), seed, journal))


async def _run(port: int, folder: Path, seed: int, journal: TextIO) -> None:
    shoppers = Shoppers(seed)
    limits = httpx.Limits(max_connections=MOST_AT_ONCE)
    due = time.monotonic()
    running: set[asyncio.Task[None]] = set()
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=TIMEOUT_SECONDS, limits=limits) as client:
        while True:
            mix = read_mix(folder)
            due += shoppers.pause(mix)
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            task = asyncio.create_task(_send(client, shoppers, shoppers.next(mix), journal))
            running.add(task)
            task.add_done_callback(running.discard)


def read_mix(folder: Path) -> Mix:
    """Return the mix in effect."""
    path = mix_path(folder)
    return Mix.model_validate_json(path.read_bytes()) if path.exists() else Mix()


async def _send(client: httpx.AsyncClient, shoppers: Shoppers, request: Request, journal: TextIO) -> None:
    started, clock = time.time(), time.monotonic()
    status = 0
    try:
        headers = {"x-tenant": request.tenant}
        response = await client.request(request.method, request.path, json=request.body, headers=headers)
        status = response.status_code
        if request.route == "POST /checkout" and response.is_success:
            shoppers.ordered(response.json()["order_id"], request.customer)
    except httpx.TransportError:
        status = 0
    seen = Experience(
        time_unix=round(started, 3),
        route=request.route,
        tenant=request.tenant,
        status=status,
        seconds=round(time.monotonic() - clock, 4),
    )
    journal.write(json.dumps(seen.model_dump()) + "\n")
