"""Faults that are rolled out: settings, flags, credentials, versions."""

from __future__ import annotations

from evals.testbed.faults.fault import Fault, Knob
from evals.testbed.faults.steps import Code, Configure, Deploy, Sql
from evals.testbed.shop.services import payment
from tools.faults import FaultKind

FAULTS = (
    Fault(
        name="checkout-timeout",
        cause="a configuration was rolled out in which checkout gives up on payment much too early",
        kind=FaultKind.BAD_CONFIGURATION,
        component="checkout",
        operation="POST /orders",
        chain=("checkout", "gateway"),
        knob=Knob(0.03, "seconds that checkout waits for payment"),
        steps=(
            Configure(
                "checkout",
                values=lambda severity: {"payment_timeout": severity},
                summary="payment_timeout: 4.0 -> {payment_timeout}",
                author="j.meyer",
            ),
        ),
    ),
    Fault(
        name="recommendation-flag",
        cause="a flag was switched on under which recommendations ask the catalog for one product after the other",
        kind=FaultKind.BAD_CONFIGURATION,
        component="recommendation",
        operation="GET /recommendations/{sku}",
        chain=("recommendation", "gateway"),
        knob=Knob(12, "products that are recommended"),
        steps=(
            Configure(
                "recommendation",
                values=lambda severity: {"rank_by_similarity": True, "most": int(severity)},
                summary="rank_by_similarity: on, most: 4 -> {most}",
                author="t.lindqvist",
                kind="flag",
            ),
        ),
    ),
    Fault(
        name="payment-bad-deploy",
        cause="a new version on one of two instances of payment is slow",
        kind=FaultKind.BAD_DEPLOY,
        component="payment",
        operation="POST /charges",
        chain=("payment", "checkout", "gateway"),
        knob=Knob(0.8, "seconds added to a charge on the new version"),
        steps=(
            Deploy(
                "payment",
                version="5.2.0",
                instances=(2,),
                summary="5.1.2 -> 5.2.0 on payment-2: check the bank's answer twice",
                code=Code(
                    payment.authorise,
                    old="    return dict(answer)\n",
                    new="    await asyncio.sleep({severity})\n    return dict(answer)\n",
                    instances=(2,),
                ),
                author="j.meyer",
            ),
        ),
    ),
    Fault(
        name="payment-credential",
        cause="the database password of payment expired",
        kind=FaultKind.CREDENTIAL_EXPIRED,
        component="payment",
        operation="POST /charges",
        chain=("payment", "checkout", "gateway"),
        knob=Knob(1, "no degrees: a password is valid or not"),
        steps=(
            Sql(
                harm=lambda _: (
                    "ALTER ROLE payment VALID UNTIL '2020-01-01';"
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'payment';"
                ),
                repair="ALTER ROLE payment VALID UNTIL 'infinity';",
            ),
        ),
    ),
)
