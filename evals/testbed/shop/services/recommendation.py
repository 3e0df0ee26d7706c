"""Recommendations: what is bought together, counted in Redis, with names and prices from the catalog."""

from __future__ import annotations

import asyncio
import itertools
import logging
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from evals.testbed.shop.runtime.runtime import Needs, Runtime, Shop, mark
from evals.testbed.shop.runtime.settings import Settings as BaseSettings

NEEDS = Needs(redis=True)
router = APIRouter()
logger = logging.getLogger("shop.recommendation")
PRODUCTS = 120
MOST_COUNTED = 3
"""Products of one order that are counted together; their pairs grow with the square."""


class Settings(BaseSettings):
    """Settings of recommendations."""

    most: int = 4
    refresh_seconds: float = 20.0
    rank_by_similarity: bool = False
    """A new ranking that is tried out behind this flag."""


async def background(shop: Runtime[Settings]) -> None:
    """Keep the similarities of all products fresh, beside the requests."""
    while True:
        await asyncio.to_thread(similarities, PRODUCTS)
        await asyncio.sleep(pause_before_refresh(shop))


class Bought(BaseModel):
    """What was bought in one order."""

    skus: list[str]


@router.get("/recommendations/{sku}")
async def recommend(shop: Shop, sku: str) -> list[dict[str, Any]]:
    """Return what is bought most often with a product."""
    mark(product_sku=sku)
    found = await bought_with(shop, sku)
    if shop.settings.rank_by_similarity:
        return await ranked_by_similarity(shop, sku, found)
    prices = await shop.call("catalog", "POST", "/prices", json={"items": dict.fromkeys(found, 1)})
    return [prices[other] for other in found if other in prices]


@router.post("/purchases", status_code=204)
async def learn(shop: Shop, bought: Bought) -> None:
    """Count what was bought together."""
    for sku, other in itertools.permutations(bought.skus[:MOST_COUNTED], 2):
        await shop.redis.zincrby(f"also:{sku}", 1, other)


async def bought_with(shop: Shop, sku: str) -> list[str]:
    """Return products bought with another, most frequent first; its neighbours where nothing is known yet."""
    known = await shop.redis.zrevrange(f"also:{sku}", 0, shop.settings.most - 1)
    return [str(other) for other in known] or neighbours(sku, shop.settings.most)


def pause_before_refresh(shop: Runtime[Settings]) -> float:
    """Return the seconds until the similarities are computed again."""
    return shop.settings.refresh_seconds


def similarities(products: int) -> dict[tuple[int, int], float]:
    """Return how alike any two products are, by their position in the catalogue."""
    return {(a, b): 1 / (1 + abs(a - b)) for a in range(products) for b in range(a)}


def neighbours(sku: str, count: int) -> list[str]:
    """Return the products that follow in the catalogue."""
    number = int(sku.removeprefix("SKU-"))
    return [f"SKU-{(number + step - 1) % PRODUCTS + 1:04}" for step in range(1, count + 1)]


async def ranked_by_similarity(shop: Shop, sku: str, found: list[str]) -> list[dict[str, Any]]:
    """Return products with the nearest price first."""
    products = [await shop.call("catalog", "GET", f"/products/{other}") for other in [sku, *found]]
    middle = products[0]["price_cents"]
    return sorted(products[1:], key=lambda product: abs(int(product["price_cents"]) - int(middle)))
