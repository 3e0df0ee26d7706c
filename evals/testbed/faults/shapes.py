"""Shapes that several faults share: lines put into a function, weather on a path, settings rolled out."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from typing import Any, TypedDict, Unpack

from evals.testbed.faults.fault import Fault, Knob
from evals.testbed.faults.steps import Code, Network
from evals.testbed.system.mesh import Weather
from tools.faults import FaultKind


class Rest(TypedDict, total=False):
    """What faults of all shapes may have besides, see Fault."""

    accept: tuple[str, ...]
    complaint: str


def put_before(function: Callable[..., Any], line: str, added: str) -> Code:
    """Return the edit that puts lines before a line of a module's function; `{severity}` in them is filled in."""
    old = f"    {line}\n"
    return Code(function, old=old, new=textwrap.indent(f"{textwrap.dedent(added).strip()}\n", "    ") + old)


def edited(
    name: str,
    cause: str,
    kind: FaultKind,
    operation: str,
    callers: tuple[str, ...],
    knob: Knob,
    edit: Code,
    **rest: Unpack[Rest],
) -> Fault:
    """Return a fault in the code of a service; `callers` lead from it to what customers call."""
    service = edit.service
    return Fault(name, cause, kind, service, operation, (service, *callers), knob, (edit,), **rest)


def rained_on(
    name: str,
    cause: str,
    kind: FaultKind,
    operation: str,
    path: tuple[str, str],
    callers: tuple[str, ...],
    knob: Knob,
    weather: Callable[[float], Weather],
) -> Fault:
    """Return a fault of the network from a caller to its callee: either end is as right an answer.

    Args:
        name: of the fault.
        cause: in a sentence.
        kind: of the fault.
        operation: of the callee that suffers.
        path: caller and callee.
        callers: who calls the caller, up to what customers call.
        knob: what the severity means.
        weather: on the path at a severity.
    """
    caller, callee = path
    chain = (callee, caller, *callers)
    steps = (Network(caller, callee, weather),)
    return Fault(name, cause, kind, callee, operation, chain, knob, steps, accept=(caller,))
