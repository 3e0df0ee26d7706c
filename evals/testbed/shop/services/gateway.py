"""The gateway: the one door for browsers; it asks the services behind it and puts a page together."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from evals.testbed.shop.runtime.discovery import UpstreamError
from evals.testbed.shop.runtime.runtime import Needs, Shop, mark
from evals.testbed.shop.runtime.settings import Settings as BaseSettings

NEEDS = Needs()
router = APIRouter()
logger = logging.getLogger("shop.gateway")


class Settings(BaseSettings):
    """Settings of the gateway."""

    checkout_timeout: float = 8.0
    show_recommendations: bool = True


class CartItem(BaseModel):
    """A product put into a cart."""

    customer: str
    sku: str
    quantity: int = 1


class Purchase(BaseModel):
    """A cart to be bought."""

    customer: str
    country: str = "DE"


@router.get("/products")
async def list_products(shop: Shop, category: str) -> Any:
    """Show a category."""
    mark(product_category=category)
    return await shop.call("catalog", "GET", f"/products?category={category}")


@router.get("/products/{sku}")
async def show_product(shop: Shop, sku: str) -> dict[str, Any]:
    """Show one product beside what others bought with it."""
    mark(product_sku=sku)
    product, others = await asyncio.gather(
        shop.call("catalog", "GET", f"/products/{sku}"),
        _recommended(shop, sku),
    )
    return {"product": product, "recommended": others}


@router.get("/cart/{customer}")
async def show_cart(shop: Shop, customer: str) -> Any:
    """Show a cart."""
    return await shop.call("cart", "GET", f"/carts/{customer}")


@router.post("/cart", status_code=201)
async def add_to_cart(shop: Shop, item: CartItem) -> Any:
    """Put a product into a cart."""
    mark(product_sku=item.sku)
    body = {"sku": item.sku, "quantity": item.quantity}
    return await shop.call("cart", "POST", f"/carts/{item.customer}/items", json=body)


@router.post("/checkout", status_code=201)
async def buy(shop: Shop, purchase: Purchase) -> Any:
    """Buy what is in the cart."""
    timeout = shop.settings.checkout_timeout
    return await shop.peers.call("checkout", "POST", "/orders", json=purchase.model_dump(), timeout=timeout)


@router.get("/orders/{order_id}")
async def show_order(shop: Shop, order_id: str) -> Any:
    """Show an order."""
    return await shop.call("checkout", "GET", f"/orders/{order_id}")


async def _recommended(shop: Shop, sku: str) -> list[Any]:
    """Return recommendations; a page without them is better than no page."""
    if not shop.settings.show_recommendations:
        return []
    try:
        return list(await shop.call("recommendation", "GET", f"/recommendations/{sku}"))
    except UpstreamError as error:
        logger.warning("page of %s without recommendations: %s", sku, error)
        return []
