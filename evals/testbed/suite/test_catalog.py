"""Looking around."""

from __future__ import annotations

import time

import pytest

from evals.testbed.suite.budget import typical, worst
from evals.testbed.suite.conftest import Shop


@pytest.mark.parametrize("category", ["seating", "tables", "lighting", "storage"])
def test_a_category_lists_products(shop: Shop, category: str) -> None:
    """Every category has a full first page."""
    products = shop.get(f"/products?category={category}")
    assert len(products) == 12
    assert all(product["price_cents"] > 0 for product in products)


@pytest.mark.parametrize("sku", ["SKU-0001", "SKU-0042", "SKU-0120"])
def test_a_product_page_is_complete(shop: Shop, sku: str) -> None:
    """A page has the product, its rating, and what others bought."""
    page = shop.get(f"/products/{sku}")
    assert page["product"]["sku"] == sku
    assert page["product"]["reviews"] > 0
    assert 1 <= page["product"]["stars"] <= 5
    assert page["recommended"], "nothing is recommended"
    assert all(other["price_cents"] > 0 for other in page["recommended"])


def test_product_pages_are_fast(shop: Shop) -> None:
    """Pages never asked for before stay within 0.2 s typically, and 0.5 s nearly always."""
    durations = []
    for number in range(50, 90):
        start = time.monotonic()
        shop.get(f"/products/SKU-{number:04}")
        durations.append(time.monotonic() - start)
    assert typical(durations) < 0.2
    assert worst(durations) < 0.5


def test_an_unknown_product_is_not_found(shop: Shop) -> None:
    """A wrong address is the customer's mistake, not ours."""
    assert shop.http.get("/products/SKU-9999").status_code == 404
