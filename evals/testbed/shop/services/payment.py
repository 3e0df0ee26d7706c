"""Payment: judges the risk of a charge, has the bank authorise it and keeps the books."""

from __future__ import annotations

import asyncio
import json
import logging
import uuid
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from evals.testbed.shop.runtime.discovery import RejectedError
from evals.testbed.shop.runtime.runtime import Needs, Shop, mark
from evals.testbed.shop.runtime.settings import Settings as BaseSettings

NEEDS = Needs(database=True)
router = APIRouter()
logger = logging.getLogger("shop.payment")


class Settings(BaseSettings):
    """Settings of payment; amounts in cents."""

    bank_timeout: float = 2.0
    review_above: int = 150_000


class Charge(BaseModel):
    """An amount to be collected for an order."""

    order_id: str
    tenant: str
    customer: str
    amount_cents: int


@router.post("/charges", status_code=201)
async def charge(shop: Shop, wanted: Charge) -> dict[str, str]:
    """Collect money for an order."""
    mark(tenant_id=wanted.tenant)
    risk = await assess_risk(shop, wanted)
    if risk > shop.settings.review_above:
        logger.warning("charge for order %s needs a review", wanted.order_id)
    answer = await authorise(shop, wanted)
    charge_id = uuid.uuid4().hex[:12]
    await asyncio.to_thread(write_journal, shop, charge_id, wanted)
    await shop.database.execute(
        "INSERT INTO charges (id, order_id, tenant, amount_cents, state) VALUES ($1, $2, $3, $4, $5)",
        charge_id,
        wanted.order_id,
        wanted.tenant,
        wanted.amount_cents,
        answer["state"],
    )
    state = str(answer["state"])
    logger.info("charge %s of %d cents for order %s %s", charge_id, wanted.amount_cents, wanted.order_id, state)
    return {"charge_id": charge_id, "state": state}


async def assess_risk(shop: Shop, wanted: Charge) -> int:
    """Return the amount at risk: what the customer's order adds to what was charged for it before."""
    query = "SELECT coalesce(sum(amount_cents), 0) AS total FROM charges WHERE order_id = $1"
    earlier = await shop.database.fetch_one(query, wanted.order_id)
    return int(earlier["total"]) + wanted.amount_cents


async def authorise(shop: Shop, wanted: Charge) -> dict[str, Any]:
    """Ask the bank."""
    body = {"reference": wanted.order_id, "amount_cents": wanted.amount_cents}
    answer = await shop.peers.call("bank", "POST", "/authorisations", json=body, timeout=shop.settings.bank_timeout)
    if answer["state"] != "authorised":
        raise RejectedError(402, f"the bank declined order {wanted.order_id}")
    return dict(answer)


def write_journal(shop: Shop, charge_id: str, wanted: Charge) -> None:
    """Append a charge to the journal that the accountants collect every night."""
    folder = shop.instance.data_folder()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "journal.jsonl").open("a", encoding="utf-8") as journal:
        journal.write(json.dumps({"charge": charge_id, "order": wanted.order_id, "cents": wanted.amount_cents}) + "\n")
