"""The generated system: services, and for each kind of request the tree of spans that it makes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

SERVICES = 60
ENTRIES = 12
PODS = 3
_LAYERS = ((0, 4), (4, 20), (20, 40), (40, SERVICES))
"""First and last service of each layer; calls go to a deeper layer only."""


@dataclass(frozen=True, slots=True)
class Node:
    """One span of a request: its parent's index (-1 at the root) and its own time in milliseconds."""

    parent: int
    service: str
    operation: str
    kind: str
    peer: str
    own_ms: float


@dataclass(frozen=True, slots=True)
class World:
    """Services and the span trees of all request kinds, parents before children."""

    services: tuple[str, ...]
    trees: tuple[tuple[Node, ...], ...]

    @property
    def spans_per_trace(self) -> float:
        """Return the mean number of spans of a trace; all kinds of request are equally frequent."""
        return sum(len(tree) for tree in self.trees) / len(self.trees)

    def culprit(self) -> str:
        """Return a service deep in the graph that many requests pass: the one to plant a fault in."""
        deep = self.services[_LAYERS[2][0] : _LAYERS[2][1]]
        return max(deep, key=lambda name: sum(any(n.service == name for n in tree) for tree in self.trees))


def build_world(seed: int) -> World:
    """Return the system for a seed."""
    random = np.random.default_rng(seed)
    services = tuple(f"service-{number:02}" for number in range(SERVICES))
    trees = []
    for entry in range(ENTRIES):
        nodes: list[Node] = []
        _serve(random, services, nodes, -1, entry % _LAYERS[0][1], 0, entry)
        trees.append(tuple(nodes))
    return World(services, tuple(trees))


def _serve(
    random: np.random.Generator,
    services: Sequence[str],
    nodes: list[Node],
    parent: int,
    number: int,
    layer: int,
    entry: int,
) -> None:
    """Add the server span of a service and everything below it."""
    name, route = services[number], f"GET /{('orders', 'items', 'users', 'carts')[(number + entry) % 4]}/{{id}}"
    here = len(nodes)
    nodes.append(Node(parent, name, route, "server", "", float(random.uniform(1, 12))))
    if random.random() < 0.5:
        nodes.append(Node(here, name, "SELECT rows", "client", f"postgresql-{number % 5}", float(random.uniform(1, 6))))
    if layer + 1 == len(_LAYERS):
        return
    for callee in random.integers(*_LAYERS[layer + 1], size=int(random.integers(1, 4))):
        call = len(nodes)
        nodes.append(Node(here, name, "GET", "client", "", 0.4))
        _serve(random, services, nodes, call, int(callee), layer + 1, entry)
