"""Faults of the network and of clocks."""

from __future__ import annotations

from evals.testbed.faults.fault import Fault, Knob
from evals.testbed.faults.steps import Clock, Network
from evals.testbed.system.mesh import Weather
from tools.faults import FaultKind

FAULTS = (
    Fault(
        name="inventory-delay",
        cause="packets between checkout and inventory take longer",
        kind=FaultKind.NETWORK_DELAY,
        component="inventory",
        accept=("checkout",),
        operation="POST /reservations",
        chain=("inventory", "checkout", "gateway"),
        knob=Knob(0.15, "seconds each way"),
        steps=lambda: (
            Network("checkout", "inventory", lambda severity: Weather(delay=severity, jitter=severity / 5)),
        ),
    ),
    Fault(
        name="catalog-loss",
        cause="packets between gateway and catalog are lost",
        kind=FaultKind.NETWORK_LOSS,
        component="catalog",
        accept=("gateway",),
        operation="GET /products/{sku}",
        chain=("catalog", "gateway"),
        knob=Knob(0.25, "share of the segments lost"),
        steps=lambda: (Network("gateway", "catalog", lambda severity: Weather(loss=severity)),),
    ),
    Fault(
        name="shipping-partition",
        cause="checkout cannot reach shipping",
        kind=FaultKind.NETWORK_PARTITION,
        component="shipping",
        accept=("checkout",),
        operation="POST /quotes",
        chain=("shipping", "checkout", "gateway"),
        knob=Knob(1, "no degrees: nothing passes"),
        steps=lambda: (Network("checkout", "shipping", lambda _: Weather(cut=True)),),
    ),
    Fault(
        name="cart-redis-delay",
        cause="packets between the cart and Redis take longer",
        kind=FaultKind.NETWORK_DELAY,
        component="redis",
        accept=("cart",),
        operation="HGETALL",
        chain=("redis", "cart", "gateway"),
        knob=Knob(0.1, "seconds each way"),
        steps=lambda: (Network("cart", "redis", lambda severity: Weather(delay=severity)),),
    ),
    Fault(
        name="inventory-clock",
        cause="the clock of inventory's host is wrong",
        kind=FaultKind.CLOCK_SKEW,
        component="inventory",
        operation="GET /stock/{sku}",
        chain=("inventory", "cart", "gateway"),
        knob=Knob(2.5, "seconds it is ahead"),
        complaint="Engineers report that the order of events in traces makes no sense",
        steps=lambda: (Clock("inventory-1"),),
    ),
)
