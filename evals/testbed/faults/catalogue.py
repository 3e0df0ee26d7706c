"""All faults and look-alikes by name."""

from __future__ import annotations

from evals.testbed.faults import code, configuration, dependencies, load, network, resources
from evals.testbed.faults.fault import Fault
from tools.errors import InputError

_MODULES = (code, resources, network, configuration, dependencies, load)
FAULTS: dict[str, Fault] = {fault.name: fault for module in _MODULES for fault in module.FAULTS}
HEALTHY = "healthy"
"""Name of a recording in which nothing is injected."""


def find_fault(name: str) -> Fault:
    """Return a fault by name.

    Raises:
        InputError: there is none.
    """
    if name not in FAULTS:
        raise InputError(f"no fault {name!r}", "`whydown testbed faults` lists them")
    return FAULTS[name]
