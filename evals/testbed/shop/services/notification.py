"""Notification: a worker that takes confirmations from the queue and sends them."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any

import redis.asyncio as redis
from fastapi import APIRouter
from opentelemetry import propagate, trace
from opentelemetry.instrumentation.utils import suppress_instrumentation

from evals.testbed.shop.runtime.gauges import add_gauge
from evals.testbed.shop.runtime.runtime import Needs, Runtime, Shop
from evals.testbed.shop.runtime.settings import Settings as BaseSettings

NEEDS = Needs(database=True, redis=True)
router = APIRouter()
logger = logging.getLogger("shop.notification")
QUEUE = "queue:confirmations"
TAKE_SECONDS = 1
RETRY_SECONDS = 1.0


class Settings(BaseSettings):
    """Settings of notification."""

    sender: str = "orders@shop.example"


async def background(shop: Runtime[Settings]) -> None:
    """Take messages until cancelled."""
    depth = _Depth()
    add_gauge(shop.telemetry.meter, "messaging.queue.depth", "{message}", lambda: float(depth.now))
    await asyncio.gather(consume(shop), depth.follow(shop))


@router.get("/messages/{order_id}")
async def show_messages(shop: Shop, order_id: str) -> dict[str, int]:
    """Return how many confirmations of an order were sent."""
    row = await shop.database.fetch_one("SELECT count(*) AS sent FROM messages WHERE order_id = $1", order_id)
    return {"sent": int(row["sent"])}


async def consume(shop: Runtime[Settings]) -> None:
    """Take one message after the other; a store that is away is waited for."""
    while True:
        try:
            with suppress_instrumentation():  # an idle poll is no work worth a span
                taken = await shop.redis.blpop([QUEUE], timeout=TAKE_SECONDS)
            if taken is not None:
                await handle(shop, json.loads(taken[1]))
        except (redis.RedisError, OSError, TimeoutError) as error:
            logger.error("cannot take confirmations: %s", error)
            await asyncio.sleep(RETRY_SECONDS)


async def handle(shop: Runtime[Settings], message: dict[str, Any]) -> None:
    """Send one confirmation, in the trace of the order it belongs to."""
    parent = propagate.extract(message["trace"])
    attributes = {"messaging.system": "redis", "messaging.destination.name": QUEUE, "order.id": message["order_id"]}
    with shop.telemetry.tracer.start_as_current_span(
        "process confirmations", context=parent, kind=trace.SpanKind.CONSUMER, attributes=attributes
    ):
        text = compose(message)
        await deliver(shop, message, text)
        logger.info("confirmation of order %s sent to %s", message["order_id"], message["customer"])


def compose(message: dict[str, Any]) -> str:
    """Write the confirmation."""
    euros = message["total_cents"] / 100
    return f"Thank you, {message['customer']}. Your order {message['order_id']} of {euros:.2f} EUR is on its way."


async def deliver(shop: Runtime[Settings], message: dict[str, Any], text: str) -> None:
    """Put the mail into the outbox and note that it was sent."""
    folder = shop.instance.data_folder()
    await asyncio.to_thread(_append, folder / "outbox.txt", f"from {shop.settings.sender}: {text}\n")
    statement = "INSERT INTO messages (order_id, recipient) VALUES ($1, $2)"
    await shop.database.execute(statement, message["order_id"], message["customer"])


def _append(path: Any, line: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as outbox:
        outbox.write(line)


class _Depth:
    """The length of the queue, looked up every other second."""

    def __init__(self) -> None:
        self.now = 0

    async def follow(self, shop: Runtime[Settings]) -> None:
        while True:
            try:
                with suppress_instrumentation():
                    self.now = int(await shop.redis.llen(QUEUE))
            except (redis.RedisError, OSError, TimeoutError):
                logger.debug("queue length unknown")
            await asyncio.sleep(2)
