"""What others bought."""

from __future__ import annotations

import time

from evals.testbed.suite.budget import typical
from evals.testbed.suite.conftest import Shop


def test_a_page_recommends_four_other_products(shop: Shop) -> None:
    """Never the product itself, never twice the same."""
    page = shop.get("/products/SKU-0100")
    skus = [other["sku"] for other in page["recommended"]]
    assert len(skus) == len(set(skus)) == 4
    assert "SKU-0100" not in skus


def test_pages_seen_before_are_quick(shop: Shop) -> None:
    """A cached page with its recommendations takes 0.1 s typically."""
    shop.get("/products/SKU-0101")
    durations = []
    for _ in range(25):
        start = time.monotonic()
        shop.get("/products/SKU-0101")
        durations.append(time.monotonic() - start)
    assert typical(durations) < 0.1
