"""Filling a cart."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from evals.testbed.suite.budget import within
from evals.testbed.suite.conftest import Shop


def test_what_is_added_is_in_the_cart(shop: Shop, customer: str) -> None:
    """Quantities add up."""
    shop.post("/cart", customer=customer, sku="SKU-0003")
    shop.post("/cart", customer=customer, sku="SKU-0003", quantity=2)
    shop.post("/cart", customer=customer, sku="SKU-0004")
    assert shop.get(f"/cart/{customer}") == {"SKU-0003": 3, "SKU-0004": 1}


def test_adding_is_fast(shop: Shop, customer: str) -> None:
    """Popular and other products are added within their budget."""
    for sku in ("SKU-0001", "SKU-0002", "SKU-0077"):
        with within(0.4, f"adding {sku}"):
            shop.post("/cart", customer=customer, sku=sku)


def test_customers_do_not_wait_for_each_other(shop: Shop, customer: str) -> None:
    """Twelve at once are served within a second."""

    def add(number: int) -> None:
        shop.post("/cart", customer=f"{customer}-{number}", sku=f"SKU-{number + 10:04}")

    with within(1.0, "adding twelve products at once"), ThreadPoolExecutor(12) as pool:
        list(pool.map(add, range(12)))


def test_a_cart_is_still_there_a_little_later(shop: Shop, customer: str) -> None:
    """Carts survive what other customers do meanwhile."""
    for number in range(10):
        shop.post("/cart", customer=f"{customer}-{number}", sku="SKU-0005")
    for number in range(60):
        shop.get(f"/products/SKU-{number + 1:04}")
    kept = [shop.get(f"/cart/{customer}-{number}") for number in range(10)]
    assert kept == [{"SKU-0005": 1}] * 10


def test_stock_can_be_looked_up_again_and_again(shop: Shop, customer: str) -> None:
    """Looking up stock leaves nothing behind that runs out."""
    for number in range(40):
        with within(1.0, f"adding product {number + 1}"):
            shop.post("/cart", customer=customer, sku=f"SKU-{number + 1:04}")
