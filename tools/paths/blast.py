"""Blast radius: whom a service can hurt (those above it) and who can hurt it (those below)."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tools.sources.rows import Call


@dataclass(frozen=True, slots=True)
class Reach:
    """Distances in calls from one service: its direct and indirect callers, and what it calls."""

    above: dict[str, int]
    below: dict[str, int]


def reach_of(service: str, graph: Iterable[Call]) -> Reach:
    """Return everyone that is connected to a service by calls, with the shortest distance.

    Args:
        service: where to begin; it is in neither part.
        graph: the topology.
    """
    callers: dict[str, set[str]] = {}
    callees: dict[str, set[str]] = {}
    for call in graph:
        callers.setdefault(call.callee, set()).add(call.caller)
        callees.setdefault(call.caller, set()).add(call.callee)
    return Reach(_walk(service, callers), _walk(service, callees))


def _walk(start: str, edges: Mapping[str, set[str]]) -> dict[str, int]:
    distance = {start: 0}
    waiting = deque([start])
    while waiting:
        here = waiting.popleft()
        for name in sorted(edges.get(here, set()) - distance.keys()):
            distance[name] = distance[here] + 1
            waiting.append(name)
    del distance[start]
    return distance
