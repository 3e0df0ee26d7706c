"""Buying."""

from __future__ import annotations

import time

import pytest

from evals.testbed.suite.budget import typical, within, worst
from evals.testbed.suite.conftest import Shop


@pytest.mark.parametrize("country", ["DE", "AT", "FR", "NL"])
def test_a_cart_can_be_bought_from_every_country(shop: Shop, customer: str, country: str) -> None:
    """The order can be looked at, and costs more than its goods."""
    order = shop.buy(customer, ["SKU-0001", "SKU-0002"], country=country)
    kept = shop.get(f"/orders/{order['order_id']}")
    assert kept["items"] == {"SKU-0001": 1, "SKU-0002": 1}
    goods = sum(shop.get(f"/products/{sku}")["product"]["price_cents"] for sku in kept["items"])
    assert kept["total_cents"] > goods


@pytest.mark.parametrize("tenant", ["aurora", "borealis", "cascade", "dunes"])
def test_buying_is_fast_for_every_tenant(shop: Shop, customer: str, tenant: str) -> None:
    """One purchase stays within its budget."""
    shop.post("/cart", tenant, customer=customer, sku="SKU-0007")
    with within(0.6, f"checkout for {tenant}"):
        shop.post("/checkout", tenant, customer=customer, country="DE")


def test_a_bought_cart_is_empty(shop: Shop, customer: str) -> None:
    """Nobody pays twice."""
    shop.buy(customer, ["SKU-0009"])
    assert shop.get(f"/cart/{customer}") == {}
    assert shop.http.post("/checkout", json={"customer": customer}).status_code == 409


def test_ten_orders_in_a_row(shop: Shop, customer: str) -> None:
    """Typical and worst checkout times, over both instances of payment."""
    durations = []
    for number in range(10):
        shop.post("/cart", customer=customer, sku=f"SKU-{number + 20:04}")
        start = time.monotonic()
        shop.post("/checkout", customer=customer, country="DE")
        durations.append(time.monotonic() - start)
    assert typical(durations) < 0.4
    assert worst(durations) < 0.6


def test_an_order_is_confirmed(shop: Shop, customer: str) -> None:
    """A mail goes out within three seconds."""
    order = shop.buy(customer, ["SKU-0011"])
    assert shop.confirmation(order["order_id"], 3.0), "no confirmation within 3 s"
