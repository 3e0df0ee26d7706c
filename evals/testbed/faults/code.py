"""Faults in the services' own code."""

from __future__ import annotations

from evals.testbed.faults.fault import Fault, Knob
from evals.testbed.faults.steps import Code
from evals.testbed.shop.services import inventory, payment
from tools.faults import FaultKind

FAULTS = (
    Fault(
        name="payment-slow",
        cause="assessing the risk of a charge waits without using CPU",
        kind=FaultKind.SLOW_CODE,
        component="payment",
        operation="POST /charges",
        chain=("payment", "checkout", "gateway"),
        knob=Knob(0.6, "seconds added to a charge"),
        steps=lambda: (
            Code(
                payment.assess_risk,
                old="    earlier = await shop.database.fetch_one(query, wanted.order_id)\n",
                new="    await asyncio.sleep({severity})\n"
                "    earlier = await shop.database.fetch_one(query, wanted.order_id)\n",
            ),
        ),
    ),
    Fault(
        name="inventory-exception",
        cause="looking up the warehouse of a country raises KeyError for some countries",
        kind=FaultKind.EXCEPTION,
        component="inventory",
        operation="POST /reservations",
        chain=("inventory", "checkout", "gateway"),
        knob=Knob(2, "countries of four without a warehouse, the busiest first"),
        steps=lambda: (
            Code(
                inventory.warehouse_for,
                old='    return WAREHOUSES.get(country, "north")',
                new="    return dict(list(WAREHOUSES.items())[int({severity}):])[country]",
            ),
        ),
    ),
)
