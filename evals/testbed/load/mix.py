"""What customers do: a reproducible stream of requests."""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

CATEGORIES = ("seating", "tables", "lighting", "storage")
PRODUCTS = 120
CUSTOMERS = 300
TENANTS = {"aurora": 4, "borealis": 3, "cascade": 2, "dunes": 1}
"""Tenants of the shop with their share of the customers."""
FILL_ON = 0.5
"""How often a product goes into a cart that already holds some."""
_WEIGHTS = ("browse", "view", "add", "buy", "order")
COUNTRIES = {"DE": 5, "FR": 2, "AT": 2, "NL": 1}


class Mix(BaseModel):
    """How much of what, per second in all. Weights need not add up to anything."""

    model_config = ConfigDict(frozen=True)

    rate: float = Field(default=6.0, gt=0)
    crowd: float = Field(default=1.0, gt=0)
    """Times as many requests as usual."""
    browse: float = 30
    view: float = 30
    add: float = 18
    buy: float = 14
    order: float = 8

    @classmethod
    def of_seed(cls, seed: int) -> Mix:
        """Return one of many ordinary days: each seed has its own rate, and likes some pages more than others."""
        rng = random.Random(seed)
        usual = cls()
        weights = {name: getattr(usual, name) * rng.uniform(0.75, 1.35) for name in _WEIGHTS}
        return cls(rate=round(rng.uniform(5.0, 8.0), 1), **weights)


@dataclass(frozen=True, slots=True)
class Request:
    """One request to the gateway. `route` is its name in reports, such as `POST /checkout`."""

    route: str
    method: str
    path: str
    tenant: str
    customer: str
    body: dict[str, Any] | None = None


@dataclass(slots=True)
class Shoppers:
    """The customers: who they are, what is in their carts, what they ordered.

    Args:
        seed: the same seed gives the same stream of requests.
    """

    seed: int
    rng: random.Random = field(init=False)
    carts: dict[str, int] = field(default_factory=dict)
    orders: deque[tuple[str, str]] = field(default_factory=lambda: deque(maxlen=50))

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)

    def pause(self, mix: Mix) -> float:
        """Return the seconds until the next request: arrivals are a Poisson process."""
        return self.rng.expovariate(mix.rate * mix.crowd)

    def next(self, mix: Mix) -> Request:
        """Return the next request."""
        actions = {"browse": mix.browse, "view": mix.view, "add": mix.add, "buy": mix.buy, "order": mix.order}
        (action,) = self.rng.choices(list(actions), list(actions.values()))
        if action == "buy" and self.carts:
            return self._buy()
        if action == "order" and self.orders:
            order, customer = self.rng.choice(self.orders)
            return self._request("GET", "/orders/{order_id}", f"/orders/{order}", customer)
        if action == "browse":
            category = self.rng.choice(CATEGORIES)
            return self._request("GET", "/products", f"/products?category={category}", self._customer())
        if action == "view":
            return self._request("GET", "/products/{sku}", f"/products/{self._sku()}", self._customer())
        return self._add()

    def ordered(self, order_id: str, customer: str) -> None:
        """Remember an order, so that it can be looked at."""
        self.orders.append((order_id, customer))

    def _add(self) -> Request:
        filling = bool(self.carts) and self.rng.random() < FILL_ON
        customer = self.rng.choice(sorted(self.carts)) if filling else self._customer()
        self.carts[customer] = self.carts.get(customer, 0) + 1
        body = {"customer": customer, "sku": self._sku(), "quantity": self.rng.choice((1, 1, 1, 2))}
        return self._request("POST", "/cart", "/cart", customer, body)

    def _buy(self) -> Request:
        customer = self.rng.choice(sorted(self.carts))
        del self.carts[customer]
        (country,) = self.rng.choices(list(COUNTRIES), list(COUNTRIES.values()))
        return self._request("POST", "/checkout", "/checkout", customer, {"customer": customer, "country": country})

    def _request(
        self, method: str, route: str, path: str, customer: str, body: dict[str, Any] | None = None
    ) -> Request:
        return Request(f"{method} {route}", method, path, tenant_of(customer), customer, body)

    def _customer(self) -> str:
        return f"customer-{self.rng.randrange(CUSTOMERS):03}"

    def _sku(self) -> str:
        """Return a product; the popular ones are asked for much more often."""
        rank = (int(self.rng.paretovariate(0.7)) - 1) % PRODUCTS
        return f"SKU-{rank + 1:04}"


def tenant_of(customer: str) -> str:
    """Return the tenant a customer belongs to."""
    names = [name for name, share in TENANTS.items() for _ in range(share)]
    return names[int(customer.rpartition("-")[2]) % len(names)]
