"""The inventory: what is in stock where, and reservations for orders."""

from __future__ import annotations

import logging
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from evals.testbed.shop.runtime.discovery import RejectedError
from evals.testbed.shop.runtime.runtime import Needs, Shop, mark
from evals.testbed.shop.runtime.settings import Settings as BaseSettings

NEEDS = Needs(database=True)
router = APIRouter()
logger = logging.getLogger("shop.inventory")
STOCK = "SELECT sum(quantity - reserved) AS free FROM stock WHERE sku = $1"
WAREHOUSES = {"DE": "north", "AT": "south", "FR": "west", "NL": "north"}


class Settings(BaseSettings):
    """Settings of the inventory."""

    safety_stock: int = 5


class Reservation(BaseModel):
    """What an order needs: SKU → quantity."""

    order_id: str
    country: str
    items: dict[str, int]


@router.get("/stock/{sku}")
async def show_stock(shop: Shop, sku: str) -> dict[str, Any]:
    """Return how many pieces can still be sold."""
    mark(product_sku=sku)
    row = await shop.database.fetch_one(STOCK, sku)
    return {"sku": sku, "available": max(int(row["free"] or 0) - shop.settings.safety_stock, 0)}


@router.post("/reservations", status_code=201)
async def reserve(shop: Shop, reservation: Reservation) -> dict[str, str]:
    """Reserve everything or nothing."""
    warehouse = warehouse_for(reservation.country)
    await take(shop, warehouse, reservation.items)
    logger.info("order %s reserved in warehouse %s", reservation.order_id, warehouse)
    return {"warehouse": warehouse}


@router.post("/releases", status_code=204)
async def release(shop: Shop, reservation: Reservation) -> None:
    """Give back what an order had reserved."""
    returned = {sku: -quantity for sku, quantity in reservation.items.items()}
    await take(shop, warehouse_for(reservation.country), returned)
    logger.info("order %s released", reservation.order_id)


def warehouse_for(country: str) -> str:
    """Return the warehouse that serves a country."""
    return WAREHOUSES.get(country, "north")


async def take(shop: Shop, warehouse: str, items: dict[str, int]) -> None:
    """Reserve pieces in one transaction; SKUs in order, so that two orders never wait for each other."""
    statement = (
        "UPDATE stock SET reserved = reserved + $3 WHERE sku = $1 AND warehouse = $2 AND quantity - reserved >= $3"
    )
    timeout = shop.settings.database_timeout
    async with shop.database.connection() as connection, connection.transaction():
        for sku, quantity in sorted(items.items()):
            result = await connection.execute(statement, sku, warehouse, quantity, timeout=timeout)
            if result != "UPDATE 1":
                raise RejectedError(409, f"{sku} is sold out in warehouse {warehouse}")
