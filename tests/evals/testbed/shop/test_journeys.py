"""What the services do with the answers of others, with the others replaced."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from opentelemetry import trace

from evals.testbed.shop.runtime.discovery import RejectedError, UpstreamError
from evals.testbed.shop.services import cart, checkout, gateway, payment


class _Redis:
    """Hashes and lists in memory."""

    def __init__(self) -> None:
        self.hashes: dict[str, dict[str, int]] = {}
        self.queue: list[str] = []

    async def hincrby(self, key: str, field: str, amount: int) -> int:
        held = self.hashes.setdefault(key, {})
        held[field] = held.get(field, 0) + amount
        return held[field]

    async def hset(self, key: str, field: str, value: int) -> None:
        self.hashes[key][field] = value

    async def hgetall(self, key: str) -> dict[str, str]:
        return {field: str(value) for field, value in self.hashes.get(key, {}).items()}

    async def expire(self, key: str, seconds: int) -> None: ...

    async def lpush(self, key: str, message: str) -> None:
        self.queue.append(message)


class _Shop:
    """A runtime whose peers answer from a table: `METHOD /path` of a service → body, or an error to raise."""

    def __init__(self, settings: Any, answers: dict[str, Any]) -> None:
        self.settings = settings
        self.answers = answers
        self.calls: list[str] = []
        self.redis = _Redis()
        self.stored: list[tuple[object, ...]] = []
        self.peers = SimpleNamespace(call=self._peer)
        self.database = SimpleNamespace(execute=self._execute)
        self.telemetry = SimpleNamespace(tracer=trace.get_tracer("test"))

    async def call(self, peer: str, method: str, path: str, json: object = None) -> Any:
        return await self._peer(peer, method, path, json=json, timeout=1.0)

    async def _peer(self, peer: str, method: str, path: str, *, timeout: float, json: object = None) -> Any:
        name = f"{peer} {method} {path}"
        self.calls.append(name)
        answer = self.answers[name]
        if isinstance(answer, list):
            answer = answer.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def _execute(self, statement: str, *values: object) -> None:
        self.stored.append(values)


PRICES = {"SKU-0001": {"price_cents": 1_000, "weight_grams": 500}, "SKU-0002": {"price_cents": 50, "weight_grams": 20}}


def _checkout() -> _Shop:
    usual: dict[str, Any] = {
        "cart GET /carts/ada": {"SKU-0001": 2, "SKU-0002": 1},
        "catalog POST /prices": PRICES,
        "shipping POST /quotes": {"parcels": 1, "cents": 490},
        "inventory POST /reservations": {"warehouse": "north"},
        "inventory POST /releases": None,
        "payment POST /charges": {"state": "authorised"},
        "cart DELETE /carts/ada": None,
        "recommendation POST /purchases": None,
    }
    settings = checkout.Settings(payment_pause=0.0)
    return _Shop(settings, usual)


def _place(shop: Any) -> dict[str, Any]:
    return asyncio.run(checkout.place_order(shop, checkout.Purchase(customer="ada")))


def test_an_order_costs_its_goods_and_their_shipping_and_is_stored_and_confirmed() -> None:
    shop = _checkout()
    order = _place(shop)
    assert order["total_cents"] == 2 * 1_000 + 50 + 490
    assert len(shop.stored) == 1
    assert [order["order_id"] in message for message in shop.redis.queue] == [True]
    assert "cart DELETE /carts/ada" in shop.calls


def test_an_empty_cart_is_refused_before_anything_is_reserved() -> None:
    shop = _checkout()
    shop.answers["cart GET /carts/ada"] = {}
    with pytest.raises(RejectedError, match="the cart is empty"):
        _place(shop)
    assert shop.calls == ["cart GET /carts/ada"]


@pytest.mark.parametrize("error", [UpstreamError("payment", "is down"), RejectedError(402, "declined")])
def test_what_cannot_be_charged_is_released(error: Exception) -> None:
    shop = _checkout()
    shop.answers["payment POST /charges"] = error
    with pytest.raises(type(error)):
        _place(shop)
    assert shop.calls[-1] == "inventory POST /releases"
    assert shop.stored == []


def test_a_lost_answer_is_worth_another_attempt_and_a_refusal_is_not() -> None:
    shop = _checkout()
    shop.answers["payment POST /charges"] = [UpstreamError("payment", "is busy"), {"state": "authorised"}]
    _place(shop)
    assert shop.calls.count("payment POST /charges") == 2
    shop = _checkout()
    shop.answers["payment POST /charges"] = RejectedError(402, "declined")
    with pytest.raises(RejectedError):
        _place(shop)
    assert shop.calls.count("payment POST /charges") == 1


def test_an_order_does_not_fail_over_recommendations() -> None:
    shop = _checkout()
    shop.answers["recommendation POST /purchases"] = UpstreamError("recommendation", "is down")
    assert _place(shop)["total_cents"] > 0


def _add(shop: Any, quantity: int = 1) -> dict[str, int]:
    return asyncio.run(cart.add_item(shop, "ada", cart.Item(sku="SKU-0001", quantity=quantity)))


def _cart(available: int) -> _Shop:
    return _Shop(cart.Settings(most_pieces=3), {"inventory GET /stock/SKU-0001": {"available": available}})


def test_a_cart_takes_what_is_in_stock_and_no_more_than_it_may_hold() -> None:
    shop = _cart(available=9)
    assert _add(shop, 2) == {"pieces": 2}
    _add(shop, 2)
    assert asyncio.run(cart.read_cart(shop, "ada")) == {"SKU-0001": 3}  # type: ignore[arg-type]  # stands in for it


def test_what_is_sold_out_does_not_get_into_a_cart() -> None:
    shop = _cart(available=1)
    with pytest.raises(RejectedError, match="sold out"):
        _add(shop, 2)
    assert shop.redis.hashes == {}


def _page(answers: dict[str, Any], **settings: Any) -> dict[str, Any]:
    shop: Any = _Shop(gateway.Settings(**settings), {"catalog GET /products/SKU-0001": {"name": "Oak desk"}} | answers)
    return asyncio.run(gateway.show_product(shop, "SKU-0001"))


RECOMMENDED = "recommendation GET /recommendations/SKU-0001"


@pytest.mark.parametrize(
    ("answer", "shown"),
    [([[{"sku": "SKU-0002"}]], [{"sku": "SKU-0002"}]), (UpstreamError("recommendation", "is down"), [])],
)
def test_a_page_without_recommendations_is_better_than_no_page(answer: Any, shown: list[Any]) -> None:
    assert _page({RECOMMENDED: answer}) == {"product": {"name": "Oak desk"}, "recommended": shown}


def test_recommendations_can_be_switched_off() -> None:
    assert _page({}, show_recommendations=False)["recommended"] == []


def test_a_page_without_its_product_fails() -> None:
    with pytest.raises(UpstreamError):
        _page({"catalog GET /products/SKU-0001": UpstreamError("catalog", "is down"), RECOMMENDED: [[]]})


@pytest.mark.parametrize(("state", "accepted"), [("authorised", True), ("declined", False)])
def test_a_charge_is_what_the_bank_says(state: str, accepted: bool) -> None:
    shop: Any = _Shop(payment.Settings(), {"bank POST /authorisations": {"state": state}})
    wanted = payment.Charge(order_id="o1", tenant="dunes", customer="ada", amount_cents=5)
    if accepted:
        assert asyncio.run(payment.authorise(shop, wanted)) == {"state": state}
    else:
        with pytest.raises(RejectedError, match="declined order o1"):
            asyncio.run(payment.authorise(shop, wanted))
