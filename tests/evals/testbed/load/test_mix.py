"""The stream of customers' requests."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from evals.testbed.load.mix import PRODUCTS, TENANTS, Mix, Request, Shoppers, tenant_of


def _stream(seed: int, count: int, mix: Mix) -> list[Request]:
    shoppers = Shoppers(seed)
    return [shoppers.next(mix) for _ in range(count)]


@given(st.integers(min_value=0, max_value=10_000))
@settings(max_examples=20)
def test_the_same_seed_gives_the_same_stream(seed: int) -> None:
    assert _stream(seed, 50, Mix()) == _stream(seed, 50, Mix())


def test_different_seeds_differ() -> None:
    assert _stream(1, 50, Mix()) != _stream(2, 50, Mix())


def test_the_mix_is_kept() -> None:
    routes = Counter(request.route for request in _stream(3, 4_000, Mix()))
    assert 0.27 < routes["GET /products"] / 4_000 < 0.33
    assert 0.11 < routes["POST /checkout"] / 4_000 < 0.17


def test_nobody_buys_an_empty_cart() -> None:
    filled: Counter[str] = Counter()
    for request in _stream(4, 2_000, Mix()):
        if request.route == "POST /cart":
            filled[request.customer] += 1
        if request.route == "POST /checkout":
            assert filled.pop(request.customer) > 0


def test_orders_can_be_looked_at_once_they_exist() -> None:
    shoppers = Shoppers(5)
    only_orders = Mix(browse=0, view=0, add=0, buy=0, order=1)
    assert shoppers.next(only_orders).route == "POST /cart"
    shoppers.ordered("abc", "customer-007")
    assert shoppers.next(only_orders).path == "/orders/abc"


def test_a_customer_belongs_to_one_tenant_and_big_tenants_have_more() -> None:
    counted = Counter(tenant_of(f"customer-{number:03}") for number in range(300))
    assert set(counted) == set(TENANTS)
    assert counted["aurora"] > counted["cascade"] > counted["dunes"]


def test_popular_products_exist_in_the_catalogue() -> None:
    skus = Counter(
        request.path.rpartition("/")[2]
        for request in _stream(6, 3_000, Mix())
        if request.route == "GET /products/{sku}"
    )
    assert all(1 <= int(sku.removeprefix("SKU-")) <= PRODUCTS for sku in skus)
    assert skus["SKU-0001"] > 5 * skus["SKU-0050"]


def test_arrivals_follow_the_rate() -> None:
    shoppers = Shoppers(7)
    pauses = [shoppers.pause(Mix(rate=5)) for _ in range(4_000)]
    assert 0.19 < sum(pauses) / len(pauses) < 0.21
