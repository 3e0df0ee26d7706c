"""Faults of the network and of clocks."""

from __future__ import annotations

from evals.testbed.faults.fault import Fault, Knob
from evals.testbed.faults.shapes import rained_on
from evals.testbed.faults.steps import Clock
from evals.testbed.system.mesh import Weather
from evals.testbed.system.plan import REDIS
from tools.faults import FaultKind

FAULTS = (
    rained_on(
        "inventory-delay",
        "packets between checkout and inventory take longer",
        FaultKind.NETWORK_DELAY,
        "POST /reservations",
        ("checkout", "inventory"),
        ("gateway",),
        Knob(0.15, "seconds each way"),
        lambda severity: Weather(delay=severity, jitter=severity / 5),
    ),
    rained_on(
        "catalog-loss",
        "packets between gateway and catalog are lost",
        FaultKind.NETWORK_LOSS,
        "GET /products/{sku}",
        ("gateway", "catalog"),
        (),
        Knob(0.25, "share of the segments lost"),
        lambda severity: Weather(loss=severity),
    ),
    rained_on(
        "shipping-partition",
        "checkout cannot reach shipping",
        FaultKind.NETWORK_PARTITION,
        "POST /quotes",
        ("checkout", "shipping"),
        ("gateway",),
        Knob(1, "no degrees: nothing passes"),
        lambda _: Weather(cut=True),
    ),
    rained_on(
        "cart-redis-delay",
        "packets between the cart and Redis take longer",
        FaultKind.NETWORK_DELAY,
        "HGETALL",
        ("cart", REDIS),
        ("gateway",),
        Knob(0.1, "seconds each way"),
        lambda severity: Weather(delay=severity),
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
        steps=(Clock("inventory-1"),),
    ),
)
