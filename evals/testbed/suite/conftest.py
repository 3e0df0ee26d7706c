"""The running shop as the tests see it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from evals.testbed.system.plan import Plan


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that names the shop."""
    parser.addoption("--plan", type=Path, help="plan.json of a running shop")


@dataclass(frozen=True, slots=True)
class Shop:
    """A customer's view of the shop, and a look at the mails it sent."""

    http: httpx.Client
    mail: httpx.Client

    def get(self, path: str, tenant: str = "aurora") -> Any:
        """Get a page that has to be there."""
        return self._body(self.http.get(path, headers={"x-tenant": tenant}))

    def post(self, path: str, tenant: str = "aurora", **body: object) -> Any:
        """Send a form that has to be accepted."""
        return self._body(self.http.post(path, json=body, headers={"x-tenant": tenant}))

    def buy(self, customer: str, skus: list[str], tenant: str = "aurora", country: str = "DE") -> Any:
        """Fill a cart and buy it; return the order."""
        for sku in skus:
            self.post("/cart", tenant, customer=customer, sku=sku)
        return self.post("/checkout", tenant, customer=customer, country=country)

    def confirmation(self, order_id: str, seconds: float) -> bool:
        """Wait for the mail that confirms an order."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.mail.get(f"/messages/{order_id}").json()["sent"]:
                return True
            time.sleep(0.1)
        return False

    def _body(self, response: httpx.Response) -> Any:
        assert response.is_success, f"{response.request.url.path}: {response.status_code} {response.text}"
        return response.json()


@pytest.fixture(scope="session")
def plan(request: pytest.FixtureRequest) -> Plan:
    """Return the layout of the shop under test."""
    path = request.config.getoption("--plan")
    if path is None:
        pytest.fail("no shop to test: give --plan PATH, or use `whydown testbed suite`")
    return Plan.model_validate_json(path.read_bytes())


@pytest.fixture
def shop(plan: Plan, request: pytest.FixtureRequest) -> Iterator[Shop]:
    """Return the shop; requests carry the test's name as their user agent."""
    agent = {"user-agent": f"shop-suite/{request.node.name}"}
    mail = f"http://127.0.0.1:{plan.instances_of('notification')[0].port}"
    with (
        httpx.Client(base_url=f"http://127.0.0.1:{plan.gateway_port}", timeout=10, headers=agent) as http,
        httpx.Client(base_url=mail, timeout=10) as mails,
    ):
        yield Shop(http, mails)


@pytest.fixture
def customer(request: pytest.FixtureRequest) -> str:
    """Return a customer whom no other test uses."""
    return f"{request.node.name}-{time.time_ns():x}"
