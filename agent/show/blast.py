"""The blast radius of a component on the call graph: who shows a deviation, who may, who does not depend on it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from agent.show.table import Table
from tools.paths import reach_of
from tools.sources.rows import Call

Role = Literal["cause", "affected", "exposed", "below", "apart"]
"""The component itself; a caller that deviates; a caller that does not (yet); what it calls; the rest."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A service at one place of the call tree and what the component means to it."""

    service: str
    depth: int
    role: Role
    calls: int | None
    deviates: bool


def standings(tree: Table, component: str, deviating: Collection[str]) -> list[Standing]:
    """Return the places of the table `topology` with their role towards a component.

    Args:
        tree: the table, whose rows are service and calls at a depth.
        component: the supposed cause.
        deviating: services of which some signal left its baseline.
    """
    reach = reach_of(component, edges_of(tree))
    found = []
    for (service, calls, *_), depth in zip(tree.rows, tree.depths, strict=True):
        name, count = str(service), int(calls) if isinstance(calls, int) else None
        found.append(
            Standing(name, depth, _role(name, component, reach.above, reach.below, deviating), count, name in deviating)
        )
    return found


def _role(
    name: str, component: str, above: Collection[str], below: Collection[str], deviating: Collection[str]
) -> Role:
    if name == component:
        return "cause"
    if name in above:
        return "affected" if name in deviating else "exposed"
    return "below" if name in below else "apart"


def edges_of(tree: Table) -> list[Call]:
    """Return the calls that a call tree shows, each once."""
    path: list[str] = []
    edges: dict[tuple[str, str], Call] = {}
    for (service, calls, *_), depth in zip(tree.rows, tree.depths, strict=True):
        name = str(service)
        path[depth:] = [name]
        if depth:
            edges.setdefault((path[depth - 1], name), Call(path[depth - 1], name, int(calls or 0)))
    return list(edges.values())
