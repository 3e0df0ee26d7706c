"""Shipping: packs an order into parcels and says what sending them costs."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from fastapi import APIRouter
from pydantic import BaseModel

from evals.testbed.shop.runtime.runtime import Needs, Shop, mark
from evals.testbed.shop.runtime.settings import Settings as BaseSettings

NEEDS = Needs()
router = APIRouter()
logger = logging.getLogger("shop.shipping")
ZONES = {"DE": 490, "AT": 890, "FR": 1090, "NL": 790}


class Settings(BaseSettings):
    """Settings of shipping."""

    parcel_grams: int = 20_000
    per_kilogram_cents: int = 60


class Consignment(BaseModel):
    """What has to be sent: weights of all pieces in grams."""

    country: str
    weights: list[int]


@router.post("/quotes")
async def quote(shop: Shop, consignment: Consignment) -> dict[str, int]:
    """Return the number of parcels and the price of sending them."""
    parcels = pack(consignment.weights, shop.settings.parcel_grams)
    cents = sum(price(weight, consignment.country, shop.settings.per_kilogram_cents) for weight in parcels)
    mark(shipping_parcels=len(parcels))
    return {"parcels": len(parcels), "cents": cents}


def pack(weights: Iterable[int], limit: int) -> list[int]:
    """Pack pieces into parcels, heaviest first, each into the first parcel with room; return parcel weights."""
    parcels: list[int] = []
    for weight in sorted(weights, reverse=True):
        fitting = next((index for index, packed in enumerate(parcels) if packed + weight <= limit), None)
        if fitting is None:
            parcels.append(weight)
        else:
            parcels[fitting] += weight
    return parcels


def price(grams: int, country: str, per_kilogram: int) -> int:
    """Return what one parcel costs in cents."""
    return ZONES.get(country, 1490) + grams * per_kilogram // 1000
