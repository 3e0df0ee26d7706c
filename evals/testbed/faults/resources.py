"""Faults of resources: CPU, memory, disk, pools."""

from __future__ import annotations

from evals.testbed.faults.fault import Fault, Knob
from evals.testbed.faults.steps import Code
from evals.testbed.shop.services import recommendation
from tools.faults import FaultKind

FAULTS = (
    Fault(
        name="recommendation-cpu",
        cause="the background refresh of similarities runs without a pause and uses up a core",
        kind=FaultKind.CPU_SATURATION,
        component="recommendation",
        operation="GET /recommendations/{sku}",
        chain=("recommendation", "gateway"),
        knob=Knob(4, "how many times the products of the catalogue are compared in one go"),
        steps=lambda: (
            Code(
                recommendation.pause_before_refresh,
                old="    return shop.settings.refresh_seconds\n",
                new="    return 0.0\n",
            ),
            Code(
                recommendation.similarities,
                old="for a in range(products) for b in range(a)}",
                new="for a in range(products * {severity}) for b in range(a)}",
            ),
        ),
    ),
)
