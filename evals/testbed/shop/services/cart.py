"""The cart: what a customer is about to buy, a Redis hash each."""

from __future__ import annotations

import logging

from fastapi import APIRouter
from pydantic import BaseModel

from evals.testbed.shop.runtime.discovery import RejectedError
from evals.testbed.shop.runtime.runtime import Needs, Shop, mark
from evals.testbed.shop.runtime.settings import Settings as BaseSettings

NEEDS = Needs(redis=True)
router = APIRouter()
logger = logging.getLogger("shop.cart")


class Settings(BaseSettings):
    """Settings of the cart."""

    keep_seconds: int = 3600
    most_pieces: int = 20


class Item(BaseModel):
    """A product and how many."""

    sku: str
    quantity: int = 1


@router.get("/carts/{customer}")
async def show_cart(shop: Shop, customer: str) -> dict[str, int]:
    """Return what is in a cart: SKU → quantity."""
    return await read_cart(shop, customer)


@router.post("/carts/{customer}/items", status_code=201)
async def add_item(shop: Shop, customer: str, item: Item) -> dict[str, int]:
    """Add a product, if it is in stock."""
    mark(product_sku=item.sku)
    stock = await shop.call("inventory", "GET", f"/stock/{item.sku}")
    if stock["available"] < item.quantity:
        raise RejectedError(409, f"{item.sku} is sold out")
    pieces = await shop.redis.hincrby(f"cart:{customer}", item.sku, item.quantity)
    if pieces > shop.settings.most_pieces:
        await shop.redis.hset(f"cart:{customer}", item.sku, shop.settings.most_pieces)
    await shop.redis.expire(f"cart:{customer}", shop.settings.keep_seconds)
    logger.info("%d of %s added to the cart of %s", item.quantity, item.sku, customer)
    return {"pieces": int(pieces)}


@router.delete("/carts/{customer}", status_code=204)
async def clear_cart(shop: Shop, customer: str) -> None:
    """Forget a cart."""
    await shop.redis.delete(f"cart:{customer}")


async def read_cart(shop: Shop, customer: str) -> dict[str, int]:
    """Read a cart from Redis."""
    stored = await shop.redis.hgetall(f"cart:{customer}")
    return {str(sku): int(quantity) for sku, quantity in stored.items()}
