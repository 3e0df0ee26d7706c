"""The call graph of services as a tree."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from agent.show.request import Filters
from agent.show.table import Column, Table, make, text, value
from tools.sources import Telemetry
from tools.sources.rows import Call
from tools.window import Scope


@dataclass(frozen=True, slots=True)
class Place:
    """A service at one place in the tree, with the calls that its caller there made."""

    service: str
    depth: int
    calls: int | None
    note: str = ""


_COLUMNS: list[Column[Place]] = [
    text("service", lambda p: p.service),
    value("calls", "calls", "", lambda p: p.calls),
    text("note", lambda p: p.note),
]


def tree(telemetry: Telemetry, scope: Scope, wanted: Filters) -> Table:
    """Return who calls whom, from the services that nobody calls; with a service, what lies below it."""
    traces = telemetry.traces
    calls = traces.topology(scope) if traces is not None else list(telemetry.graph)
    places = places_of(calls, wanted.service)
    origin = "from spans, both windows together" if traces is not None else "from topology.json"
    return make("topology", f"call graph {origin}", _COLUMNS, places, scope, depths=[p.depth for p in places])


def places_of(calls: list[Call], start: str = "") -> list[Place]:
    """Return the places of a depth-first walk; a service that was expanded before is named but not again."""
    below: dict[str, list[Call]] = defaultdict(list)
    for call in sorted(calls, key=lambda call: (-call.calls, call.callee)):
        below[call.caller].append(call)
    expanded: set[str] = set()
    places: list[Place] = []
    for root in [start] if start else _roots(calls):
        if root not in expanded:
            _walk(root, below, expanded, places)
    return places


def _walk(root: str, below: dict[str, list[Call]], expanded: set[str], places: list[Place]) -> None:
    waiting = [Place(root, 0, None)]
    while waiting:
        place = waiting.pop()
        again = place.service in expanded and bool(below.get(place.service))
        places.append(Place(place.service, place.depth, place.calls, "see above" if again else ""))
        if again:
            continue
        expanded.add(place.service)
        calls = below.get(place.service, [])
        waiting += [Place(call.callee, place.depth + 1, call.calls) for call in reversed(calls)]


def _roots(calls: list[Call]) -> list[str]:
    """Return callers that nobody calls, then all others: where everything lies on a circle, any may be first."""
    callers, callees = {call.caller for call in calls}, {call.callee for call in calls}
    busiest: dict[str, int] = defaultdict(int)
    for call in calls:
        busiest[call.caller] += call.calls
    return sorted(callers - callees) + sorted(callers & callees, key=lambda name: (-busiest[name], name))
