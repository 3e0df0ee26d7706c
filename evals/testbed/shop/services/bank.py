"""A stand-in for the bank: a foreign service that nobody here can look into, so it exports no telemetry."""

from __future__ import annotations

import asyncio
import random

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel

from evals.testbed.shop.runtime.runtime import Needs, Shop
from evals.testbed.shop.runtime.settings import Settings as BaseSettings

NEEDS = Needs()
router = APIRouter()


class Settings(BaseSettings):
    """How the bank behaves; seconds."""

    answer_seconds: float = 0.02
    spread_seconds: float = 0.01
    busy_share: float = 0.0
    """How much of what it is asked it cannot handle right now."""


class Authorisation(BaseModel):
    """An amount to be authorised."""

    reference: str
    amount_cents: int


@router.post("/authorisations")
async def authorise(shop: Shop, wanted: Authorisation) -> dict[str, str]:
    """Authorise every amount, after the time it takes."""
    settings = shop.settings
    if random.random() < settings.busy_share:
        raise HTTPException(503, "busy")
    await asyncio.sleep(settings.answer_seconds + random.expovariate(1 / settings.spread_seconds))
    return {"state": "authorised" if wanted.amount_cents > 0 else "declined"}
