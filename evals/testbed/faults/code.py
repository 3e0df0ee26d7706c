"""Faults in the services' own code."""

from __future__ import annotations

from evals.testbed.faults.fault import Knob
from evals.testbed.faults.shapes import edited, put_before
from evals.testbed.faults.steps import Code
from evals.testbed.shop.services import cart, catalog, checkout, inventory, payment, recommendation, shipping
from tools.faults import FaultKind

SLOW = (
    edited(
        "payment-slow",
        "assessing the risk of a charge waits without using CPU",
        FaultKind.SLOW_CODE,
        "POST /charges",
        ("checkout", "gateway"),
        Knob(0.6, "seconds added to a charge"),
        put_before(
            payment.assess_risk,
            "earlier = await shop.database.fetch_one(query, wanted.order_id)",
            "await asyncio.sleep({severity})",
        ),
    ),
    edited(
        "shipping-slow-tenant",
        "quotes are slow for the customers of one tenant only",
        FaultKind.SLOW_CODE,
        "POST /quotes",
        ("checkout", "gateway"),
        Knob(0.7, "seconds added to a quote for tenant borealis"),
        put_before(
            shipping.quote,
            "parcels = pack(consignment.weights, shop.settings.parcel_grams)",
            """
            import asyncio

            from evals.testbed.shop.runtime.discovery import current_tenant

            if current_tenant.get() == "borealis":
                await asyncio.sleep({severity})
            """,
        ),
    ),
    edited(
        "inventory-slow-product",
        "looking up the stock of one product is slow",
        FaultKind.SLOW_CODE,
        "GET /stock/{sku}",
        ("cart", "gateway"),
        Knob(0.5, "seconds added for SKU-0001"),
        put_before(
            inventory.show_stock,
            "row = await shop.database.fetch_one(STOCK, sku)",
            """
            import asyncio

            if sku == "SKU-0001":
                await asyncio.sleep({severity})
            """,
        ),
    ),
    edited(
        "cart-blocked",
        "a call that blocks holds up the event loop of the cart, and with it every other request",
        FaultKind.SLOW_CODE,
        "POST /carts/{customer}/items",
        ("gateway",),
        Knob(0.35, "seconds the loop stands still for each product added"),
        put_before(
            cart.add_item,
            "mark(product_sku=item.sku)",
            """
            import time

            time.sleep({severity})
            """,
        ),
    ),
)
WRONG = (
    edited(
        "inventory-exception",
        "looking up the warehouse of a country raises KeyError for some countries",
        FaultKind.EXCEPTION,
        "POST /reservations",
        ("checkout", "gateway"),
        Knob(2, "countries of four without a warehouse, the busiest first"),
        Code(
            inventory.warehouse_for,
            old='    return WAREHOUSES.get(country, "north")',
            new="    return dict(list(WAREHOUSES.items())[int({severity}) :])[country]",
        ),
    ),
    edited(
        "catalog-errors",
        "listing a category answers 503 for part of the categories",
        FaultKind.EXCEPTION,
        "GET /products",
        ("gateway",),
        Knob(2, "categories of four that fail"),
        put_before(
            catalog.list_products,
            'query = "SELECT sku, name, price_cents FROM products WHERE category = $1 ORDER BY sku LIMIT $2"',
            """
            from fastapi import HTTPException

            if category in ("seating", "tables", "lighting", "storage")[: int({severity})]:
                raise HTTPException(503, "try again later")
            """,
        ),
    ),
    edited(
        "recommendation-empty",
        "recommendations return early with an empty list and status 200",
        FaultKind.EARLY_RETURN,
        "GET /recommendations/{sku}",
        ("gateway",),
        Knob(1.0, "share of the products, by number, that have none"),
        put_before(
            recommendation.recommend,
            "found = await bought_with(shop, sku)",
            """
            if int(sku.removeprefix("SKU-")) <= PRODUCTS * {severity}:
                return []
            """,
        ),
        complaint="Customers report product pages without recommendations",
    ),
    edited(
        "checkout-unconfirmed",
        "checkout returns before it queues the confirmation of an order",
        FaultKind.EARLY_RETURN,
        "POST /orders",
        ("gateway",),
        Knob(0, "cents up to which an order is still confirmed"),
        put_before(
            checkout.confirm,
            "with shop.telemetry.tracer.start_as_current_span(",
            """
            if cents > {severity}:
                return
            """,
        ),
        complaint="Customers report that they get no confirmation of their orders",
    ),
)
FAULTS = (*SLOW, *WRONG)
