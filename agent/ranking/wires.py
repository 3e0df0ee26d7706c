"""Wires: whose fault is a slow edge of the call graph, the caller's or the callee's?

A slow network at a component slows all edges on its side; a slow edge of an otherwise fast caller is its
callee's. So each edge is credited to the end of which more edges are slow.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

Edge = tuple[str, str]
"""Caller and callee."""


class Wires:
    """Slow edges of a call graph.

    Args:
        edges: all edges of the call graph, caller and callee.
    """

    def __init__(self, edges: Iterable[Edge]) -> None:
        self._known: set[Edge] = {edge for edge in edges if edge[0] != edge[1]}
        self._slow: dict[Edge, float] = {}
        self._weights: dict[Edge, float] = {}

    def add(self, caller: str, callee: str, size: float, weight: float = 1.0) -> None:
        """Note how much slower an edge became, and how much that matters, 0..1; the largest of each counts."""
        if size > 0.0:
            edge = (caller, callee)
            self._known.add(edge)
            self._slow[edge] = max(self._slow.get(edge, 0.0), size)
            self._weights[edge] = max(self._weights.get(edge, 0.0), size * weight)

    def credits(self) -> tuple[Mapping[str, float], Mapping[str, float]]:
        """Return the strongest credited edge per callee and per caller."""
        inward: dict[str, float] = {}
        outward: dict[str, float] = {}
        for (caller, callee), size in self._slow.items():
            by_callee, by_caller = self._breadth(callee, size, end=1), self._breadth(caller, size, end=0)
            matters = self._weights[caller, callee] / max(by_callee, by_caller)
            inward[callee] = max(inward.get(callee, 0.0), matters * by_callee)
            outward[caller] = max(outward.get(caller, 0.0), matters * by_caller)
        return inward, outward

    def callers(self) -> Mapping[str, float]:
        """Return the strongest edge per caller, shared out among a callee's callers only.

        For what a callee cannot be blamed for: being called more or less often.
        """
        found: dict[str, float] = {}
        for (caller, callee), size in self._slow.items():
            rivals = {edge[0]: self._breadth(edge[0], size, end=0) for edge in self._known if edge[1] == callee}
            found[caller] = max(found.get(caller, 0.0), size * rivals[caller] / max(rivals.values()))
        return found

    def _breadth(self, component: str, size: float, end: int) -> float:
        """Return which part of a component's edges on one side is slow, an edge counting up to the given size."""
        edges = [edge for edge in self._known if edge[end] == component]
        return sum(min(self._slow.get(edge, 0.0) / size, 1.0) for edge in edges) / len(edges)
