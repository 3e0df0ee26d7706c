"""Faults of resources: CPU, memory, disk, pools."""

from __future__ import annotations

from evals.testbed.faults.fault import Fault, Knob
from evals.testbed.faults.steps import Code, DiskFull, Limit, Restart
from evals.testbed.shop.services import catalog, inventory, recommendation
from tools.faults import FaultKind

FAULTS = (
    Fault(
        name="recommendation-cpu",
        cause="the background refresh of similarities runs without a pause and uses up a core",
        kind=FaultKind.CPU_SATURATION,
        component="recommendation",
        operation="GET /recommendations/{sku}",
        chain=("recommendation", "gateway"),
        knob=Knob(4, "how many times the products of the catalogue are compared in one go"),
        steps=(
            Code(
                recommendation.pause_before_refresh,
                old="    return shop.settings.refresh_seconds\n",
                new="    return 0.0\n",
            ),
            Code(
                recommendation.similarities,
                old="for a in range(products) for b in range(a)}",
                new="for a in range(int(products * {severity})) for b in range(a)}",
            ),
        ),
    ),
    Fault(
        name="catalog-throttled",
        cause="a CPU limit throttles the catalog",
        kind=FaultKind.CPU_SATURATION,
        component="catalog",
        operation="GET /products/{sku}",
        chain=("catalog", "gateway"),
        knob=Knob(0.02, "cores it may use"),
        steps=(Limit("catalog", lambda severity: {"cores": severity}),),
    ),
    Fault(
        name="catalog-memory",
        cause="the catalog keeps what it renders and grows until the kernel kills it at its memory limit",
        kind=FaultKind.MEMORY_PRESSURE,
        component="catalog",
        operation="GET /products",
        chain=("catalog", "gateway"),
        knob=Knob(4, "megabytes kept of each page"),
        steps=(
            Restart("catalog"),
            Limit("catalog", lambda _: {"megabytes": 110}),
            Code(
                catalog.list_products,
                old="    return [dict(row) for row in await",
                new='    pages = globals().setdefault("rendered", [])\n'
                "    pages.append(category.encode() * int({severity} * 1_000_000 / len(category)))\n"
                "    return [dict(row) for row in await",
            ),
        ),
    ),
    Fault(
        name="inventory-pool",
        cause="looking up stock does not always give its connection back, until the pool is empty",
        kind=FaultKind.POOL_EXHAUSTED,
        component="inventory",
        operation="GET /stock/{sku}",
        chain=("inventory", "cart", "gateway"),
        knob=Knob(3, "one look-up in this many keeps its connection"),
        steps=(
            Restart("inventory"),
            Code(
                inventory.show_stock,
                old="    row = await shop.database.fetch_one(STOCK, sku)\n",
                new="    import random\n\n"
                "    loan = await shop.database.borrow()\n"
                "    row = await loan.connection.fetchrow(STOCK, sku)\n"
                "    if random.random() > 1 / {severity}:\n"
                "        await loan.give_back()\n",
            ),
        ),
    ),
    Fault(
        name="payment-disk",
        cause="the disk payment writes its journal to is full",
        kind=FaultKind.DISK_FULL,
        component="payment",
        operation="POST /charges",
        chain=("payment", "checkout", "gateway"),
        knob=Knob(1, "no degrees: a full disk is full"),
        steps=(DiskFull("payment", "journal.jsonl"),),
    ),
)
