"""Faults in the services' own code."""

from __future__ import annotations

from evals.testbed.faults.fault import Fault, Knob
from evals.testbed.faults.steps import Code
from evals.testbed.shop.services import cart, catalog, checkout, inventory, payment, recommendation, shipping
from tools.faults import FaultKind

SLOW = (
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
        name="shipping-slow-tenant",
        cause="quotes are slow for the customers of one tenant only",
        kind=FaultKind.SLOW_CODE,
        component="shipping",
        operation="POST /quotes",
        chain=("shipping", "checkout", "gateway"),
        knob=Knob(0.7, "seconds added to a quote for tenant borealis"),
        steps=lambda: (
            Code(
                shipping.quote,
                old="    parcels = pack(consignment.weights, shop.settings.parcel_grams)\n",
                new="    import asyncio\n\n"
                "    from evals.testbed.shop.runtime.discovery import current_tenant\n\n"
                '    if current_tenant.get() == "borealis":\n'
                "        await asyncio.sleep({severity})\n"
                "    parcels = pack(consignment.weights, shop.settings.parcel_grams)\n",
            ),
        ),
    ),
    Fault(
        name="inventory-slow-product",
        cause="looking up the stock of one product is slow",
        kind=FaultKind.SLOW_CODE,
        component="inventory",
        operation="GET /stock/{sku}",
        chain=("inventory", "cart", "gateway"),
        knob=Knob(0.5, "seconds added for SKU-0001"),
        steps=lambda: (
            Code(
                inventory.show_stock,
                old="    mark(product_sku=sku)\n",
                new="    import asyncio\n\n"
                '    mark(product_sku=sku)\n    if sku == "SKU-0001":\n        await asyncio.sleep({severity})\n',
            ),
        ),
    ),
    Fault(
        name="cart-blocked",
        cause="a call that blocks holds up the event loop of the cart, and with it every other request",
        kind=FaultKind.SLOW_CODE,
        component="cart",
        operation="POST /carts/{customer}/items",
        chain=("cart", "gateway"),
        knob=Knob(0.35, "seconds the loop stands still for each product added"),
        steps=lambda: (
            Code(
                cart.add_item,
                old="    mark(product_sku=item.sku)\n",
                new="    import time\n\n    mark(product_sku=item.sku)\n    time.sleep({severity})\n",
            ),
        ),
    ),
)
WRONG = (
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
                new="    return dict(list(WAREHOUSES.items())[int({severity}) :])[country]",
            ),
        ),
    ),
    Fault(
        name="catalog-errors",
        cause="listing a category answers 503 for part of the categories",
        kind=FaultKind.EXCEPTION,
        component="catalog",
        operation="GET /products",
        chain=("catalog", "gateway"),
        knob=Knob(2, "categories of four that fail"),
        steps=lambda: (
            Code(
                catalog.list_products,
                old='    query = "SELECT sku, name, price_cents FROM products WHERE category',
                new="    from fastapi import HTTPException\n\n"
                '    if category in ("seating", "tables", "lighting", "storage")[: int({severity})]:\n'
                '        raise HTTPException(503, "try again later")\n'
                '    query = "SELECT sku, name, price_cents FROM products WHERE category',
            ),
        ),
    ),
    Fault(
        name="recommendation-empty",
        cause="recommendations return early with an empty list and status 200",
        kind=FaultKind.EARLY_RETURN,
        component="recommendation",
        operation="GET /recommendations/{sku}",
        chain=("recommendation", "gateway"),
        knob=Knob(1.0, "share of the products, by number, that have none"),
        complaint="Customers report product pages without recommendations",
        steps=lambda: (
            Code(
                recommendation.recommend,
                old="    found = await bought_with(shop, sku)\n",
                new='    if int(sku.removeprefix("SKU-")) <= PRODUCTS * {severity}:\n        return []\n'
                "    found = await bought_with(shop, sku)\n",
            ),
        ),
    ),
    Fault(
        name="checkout-unconfirmed",
        cause="checkout returns before it queues the confirmation of an order",
        kind=FaultKind.EARLY_RETURN,
        component="checkout",
        operation="POST /orders",
        chain=("checkout", "gateway"),
        knob=Knob(0, "cents up to which an order is still confirmed"),
        complaint="Customers report that they get no confirmation of their orders",
        steps=lambda: (
            Code(
                checkout.confirm,
                old="    with shop.telemetry.tracer.start_as_current_span(\n",
                new="    if cents > {severity}:\n        return\n"
                "    with shop.telemetry.tracer.start_as_current_span(\n",
            ),
        ),
    ),
)
FAULTS = (*SLOW, *WRONG)
