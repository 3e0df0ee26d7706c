"""Faults that are rolled out: settings, flags, credentials, versions."""

from __future__ import annotations

from evals.testbed.faults.fault import Fault, Knob
from evals.testbed.faults.steps import Configure
from tools.faults import FaultKind

FAULTS = (
    Fault(
        name="checkout-timeout",
        cause="a configuration was rolled out in which checkout gives up on payment much too early",
        kind=FaultKind.BAD_CONFIGURATION,
        component="checkout",
        operation="POST /orders",
        chain=("checkout", "gateway"),
        knob=Knob(0.05, "seconds that checkout waits for payment"),
        steps=lambda: (
            Configure(
                "checkout",
                values=lambda severity: {"payment_timeout": severity},
                summary="payment_timeout: 4.0 -> {payment_timeout}",
                author="j.meyer",
            ),
        ),
    ),
)
