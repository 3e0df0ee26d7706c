"""Checkout: turns a cart into an order by asking everyone who has a say in it."""

from __future__ import annotations

import asyncio
import json
import logging
import uuid
from typing import Any

from fastapi import APIRouter
from opentelemetry import propagate, trace
from pydantic import BaseModel

from evals.testbed.shop.runtime.discovery import RejectedError, UpstreamError, current_tenant
from evals.testbed.shop.runtime.runtime import Needs, Shop, mark
from evals.testbed.shop.runtime.settings import Settings as BaseSettings

NEEDS = Needs(database=True, redis=True)
router = APIRouter()
logger = logging.getLogger("shop.checkout")
QUEUE = "queue:confirmations"


class Settings(BaseSettings):
    """Settings of checkout."""

    payment_timeout: float = 4.0
    payment_attempts: int = 2
    payment_pause: float = 0.1


class Purchase(BaseModel):
    """A customer who wants to buy the cart."""

    customer: str
    country: str = "DE"


@router.post("/orders", status_code=201)
async def place_order(shop: Shop, purchase: Purchase) -> dict[str, Any]:
    """Place an order: price, reserve, charge, store, confirm."""
    order_id = uuid.uuid4().hex[:10]
    mark(order_id=order_id)
    items = await shop.call("cart", "GET", f"/carts/{purchase.customer}")
    if not items:
        raise RejectedError(409, "the cart is empty")
    total = await price_of(shop, items, purchase.country)
    reservation = {"order_id": order_id, "country": purchase.country, "items": items}
    await shop.call("inventory", "POST", "/reservations", json=reservation)
    try:
        await pay(shop, order_id, purchase.customer, total)
    except (UpstreamError, RejectedError):
        await shop.call("inventory", "POST", "/releases", json=reservation)
        raise
    await store(shop, order_id, purchase.customer, total, items)
    await asyncio.gather(
        confirm(shop, order_id, purchase.customer, total),
        shop.call("cart", "DELETE", f"/carts/{purchase.customer}"),
        teach(shop, list(items)),
    )
    logger.info("order %s placed: %d products, %d cents", order_id, len(items), total)
    return {"order_id": order_id, "total_cents": total}


@router.get("/orders/{order_id}")
async def show_order(shop: Shop, order_id: str) -> dict[str, Any]:
    """Return an order."""
    row = await shop.database.fetch_one("SELECT id, total_cents, items FROM orders WHERE id = $1", order_id)
    if row is None:
        raise RejectedError(404, f"no order {order_id}")
    return {"order_id": row["id"], "total_cents": row["total_cents"], "items": json.loads(row["items"])}


async def price_of(shop: Shop, items: dict[str, int], country: str) -> int:
    """Return what the items and their shipping cost in cents."""
    prices = await shop.call("catalog", "POST", "/prices", json={"items": items})
    goods = sum(prices[sku]["price_cents"] * quantity for sku, quantity in items.items())
    weights = [prices[sku]["weight_grams"] for sku, quantity in items.items() for _ in range(quantity)]
    parcels = await shop.call("shipping", "POST", "/quotes", json={"country": country, "weights": weights})
    return int(goods + parcels["cents"])


async def pay(shop: Shop, order_id: str, customer: str, cents: int) -> None:
    """Charge the customer; a lost answer is worth another attempt."""
    body = {"order_id": order_id, "tenant": current_tenant.get(), "customer": customer, "amount_cents": cents}
    attempts, pause = patience(shop)
    for attempt in range(1, attempts + 1):
        try:
            await shop.peers.call("payment", "POST", "/charges", json=body, timeout=shop.settings.payment_timeout)
            return
        except UpstreamError as error:
            if attempt == attempts:
                raise
            logger.warning("charging order %s, attempt %d: %s", order_id, attempt, error)
            await asyncio.sleep(pause)


def patience(shop: Shop) -> tuple[int, float]:
    """Return how often a charge is tried, and the seconds between two attempts."""
    return shop.settings.payment_attempts, shop.settings.payment_pause


async def store(shop: Shop, order_id: str, customer: str, cents: int, items: dict[str, int]) -> None:
    """Write the order down."""
    await shop.database.execute(
        "INSERT INTO orders (id, tenant, customer, total_cents, items) VALUES ($1, $2, $3, $4, $5)",
        order_id,
        current_tenant.get(),
        customer,
        cents,
        json.dumps(items),
    )


async def confirm(shop: Shop, order_id: str, customer: str, cents: int) -> None:
    """Queue a confirmation; whoever sends it continues this trace."""
    with shop.telemetry.tracer.start_as_current_span(
        "publish confirmations",
        kind=trace.SpanKind.PRODUCER,
        attributes={"messaging.system": "redis", "messaging.destination.name": QUEUE},
    ):
        carrier: dict[str, str] = {}
        propagate.inject(carrier)
        message = {"order_id": order_id, "customer": customer, "total_cents": cents, "trace": carrier}
        await shop.redis.lpush(QUEUE, json.dumps(message))


async def teach(shop: Shop, skus: list[str]) -> None:
    """Tell the recommendations what was bought together; an order does not fail over that."""
    if len(skus) > 1:
        try:
            await shop.call("recommendation", "POST", "/purchases", json={"skus": skus})
        except UpstreamError as error:
            logger.warning("purchase not counted: %s", error)
