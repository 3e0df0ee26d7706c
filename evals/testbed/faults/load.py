"""Faults of load, several faults at once, and look-alikes that are no faults."""

from __future__ import annotations

from evals.testbed.faults import code, resources
from evals.testbed.faults.fault import Also, Fault, Knob, Step
from evals.testbed.faults.steps import Code, Configure, Crowd, Deploy, Job, Redis
from evals.testbed.load.mix import PRODUCTS
from evals.testbed.shop.services import checkout
from evals.testbed.system import jobs
from evals.testbed.system.plan import PLAN_FILE
from tools.faults import FaultKind

_FORGET_PRODUCTS = "for _, key in ipairs(redis.call('KEYS', 'product:*')) do redis.call('DEL', key) end"
_NAMED = {fault.name: fault for fault in (*code.FAULTS, *resources.FAULTS)}


def _both(name: str, first: str, second: str) -> Fault:
    """Return two faults at once; either is a right first answer."""
    one, other = _NAMED[first], _NAMED[second]
    return Fault(
        name=name,
        cause=one.cause,
        kind=one.kind,
        component=one.component,
        operation=one.operation,
        chain=one.chain,
        knob=Knob(1, "no degrees: both at their usual strength"),
        also=(other,),
        steps=(Also(one), Also(other)),
    )


STORM = (
    Fault(
        name="checkout-retries",
        cause="checkout repeats failed charges without a pause and turns a busy bank into a storm on payment",
        kind=FaultKind.RETRY_STORM,
        component="checkout",
        accept=("bank", "payment"),
        operation="POST /orders",
        chain=("checkout", "gateway"),
        knob=Knob(25, "attempts for each charge"),
        steps=(
            Code(
                checkout.patience,
                old="    return shop.settings.payment_attempts, shop.settings.payment_pause\n",
                new="    return int({severity}), 0.0\n",
            ),
            Configure("bank", lambda _: {"busy_share": 0.9}, summary="", noted=False),
        ),
    ),
)
DOUBLE = (_both("payment-and-inventory", "payment-slow", "inventory-exception"),)


def _look_alike(
    name: str, cause: str, knob: Knob, steps: tuple[Step, ...], explained_as: FaultKind | None = None
) -> Fault:
    return Fault(
        name=name,
        cause=cause,
        kind=None,
        component="",
        operation="",
        chain=(),
        knob=knob,
        steps=steps,
        explained_as=explained_as,
    )


LOOK_ALIKES = (
    _look_alike(
        "traffic-doubled",
        "twice as many customers, whom the shop serves well",
        Knob(2, "times as many requests"),
        (Crowd(),),
        FaultKind.TRAFFIC_SURGE,
    ),
    _look_alike(
        "harmless-deploy",
        "a new version of shipping that changes nothing",
        Knob(1, "no degrees"),
        (Deploy("shipping", version="1.3.0", instances=(1,), summary="1.2.0 -> 1.3.0: tidy up"),),
    ),
    _look_alike(
        "cache-warm-up",
        "the product cache is emptied and warmed up again",
        Knob(20, "products a second"),
        (
            Redis(harm=lambda _: (("EVAL", _FORGET_PRODUCTS, "0"),)),
            Job(
                jobs.visit_products,
                lambda testbed, severity: {
                    "port": testbed.plan.instances_of("catalog")[0].port,
                    "products": PRODUCTS,
                    "per_second": severity,
                },
            ),
        ),
    ),
    _look_alike(
        "nightly-job",
        "a reporting job reads the database beside the customers",
        Knob(50_000, "rows each of its queries reads"),
        (
            Job(
                jobs.report,
                lambda testbed, severity: {"plan": str(testbed.plan.folder / PLAN_FILE), "rows": severity},
            ),
        ),
    ),
)

FAULTS = (*STORM, *DOUBLE, *LOOK_ALIKES)
