"""The catalog: products and prices from PostgreSQL, product pages cached in Redis."""

from __future__ import annotations

import json
import logging
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from evals.testbed.shop.runtime.discovery import RejectedError
from evals.testbed.shop.runtime.runtime import Needs, Shop, mark
from evals.testbed.shop.runtime.settings import Settings as BaseSettings

NEEDS = Needs(database=True, redis=True)
router = APIRouter()
logger = logging.getLogger("shop.catalog")


class Settings(BaseSettings):
    """Settings of the catalog."""

    cache_seconds: int = 30
    page_size: int = 12


class Basket(BaseModel):
    """What prices are asked for: SKU → quantity."""

    items: dict[str, int]


@router.get("/products")
async def list_products(shop: Shop, category: str) -> list[dict[str, Any]]:
    """Return the first page of a category."""
    query = "SELECT sku, name, price_cents FROM products WHERE category = $1 ORDER BY sku LIMIT $2"
    return [dict(row) for row in await shop.database.fetch(query, category, shop.settings.page_size)]


@router.get("/products/{sku}")
async def show_product(shop: Shop, sku: str) -> dict[str, Any]:
    """Return a product with its rating."""
    mark(product_sku=sku)
    cached = await shop.redis.get(f"product:{sku}")
    if cached is not None:
        return dict(json.loads(cached))
    product = await load_product(shop, sku)
    if shop.settings.cache_seconds:
        await shop.redis.set(f"product:{sku}", json.dumps(product), ex=shop.settings.cache_seconds)
    return product


@router.post("/prices")
async def quote_prices(shop: Shop, basket: Basket) -> dict[str, Any]:
    """Return unit prices and weights of what is in a basket."""
    query = "SELECT sku, price_cents, weight_grams FROM products WHERE sku = ANY($1)"
    rows = await shop.database.fetch(query, list(basket.items))
    return {row["sku"]: dict(row) for row in rows}


async def load_product(shop: Shop, sku: str) -> dict[str, Any]:
    """Read a product and the average of its reviews from the database."""
    row = await shop.database.fetch_one("SELECT sku, name, category, price_cents FROM products WHERE sku = $1", sku)
    if row is None:
        raise RejectedError(404, f"no product {sku}")
    rating = await shop.database.fetch_one(
        "SELECT round(avg(stars), 1)::float AS stars, count(*) AS reviews FROM reviews WHERE sku = $1", sku
    )
    logger.debug("product %s read from the database", sku)
    return {**dict(row), **dict(rating)}
