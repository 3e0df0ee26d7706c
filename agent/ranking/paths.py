"""Signs of the path between two components: slow alike, lossy, cut, or a store that is slow for some calls only."""

from __future__ import annotations

from statistics import median

from agent.ranking.scene import Scene, rise
from tools.evidence import Evidence, EvidenceKind, Sample
from tools.faults import FaultKind
from tools.window import NS

BUSY = 1.0
"""A rise of a resource or of self-time by three scales and more, most of it sure."""
AFFECTED = 0.25
"""A call is affected like the worst one from this part of its rise on."""
ALIKE = 0.7
"""Calls are slowed alike when the least of them gained this part of what the most did."""
TAIL_ONLY = 0.1
"""The median moved by less than this part of the tail: most calls take what they always took."""
RETRANSMISSION_MS = 100.0
"""A lost packet is sent again after 200 ms at the earliest on most systems (RFC 6298 says 1 s)."""


def store_kind(scene: Scene, caller: str, store: str) -> FaultKind:
    """Return what is wrong with a caller's slow calls to a store or foreign service that sends no spans.

    A network does not read what it carries: all calls on a path gain alike, and the store's other callers, on
    paths of their own, do not. A store that is slow is so for some statements, or for everyone.
    """
    edges = scene.slow_edges(store)
    worst = max((rise(e) for e in edges), default=0.0)
    affected = [e for e in edges if rise(e) >= AFFECTED * worst]
    others = set(scene.neighbours.callers(store)) - {caller}
    one_path = bool(others) and {e.subject.service for e in affected} == {caller}
    operations = {e.subject.operation for e in affected}
    alike = len(operations) > 1 and min(rise(e) for e in affected) >= ALIKE * worst
    return FaultKind.NETWORK_DELAY if one_path and alike else FaultKind.DEPENDENCY_SLOW


def awaited_store(scene: Scene) -> str:
    """Return the store whose answers take a component longer than anything of its own; empty when there is none."""
    features = scene.features
    if features.wire_out <= max(features.wire_in, features.resource, features.behaviour) or features.own_time >= BUSY:
        return ""  # whose own code is slow takes up answers late, whatever they took
    slowest = next((e for e in scene.rising(EvidenceKind.LATENCY_EDGE) if e.subject.service == scene.component), None)
    return slowest.subject.peer if slowest and slowest.subject.peer not in scene.traced else ""


def loses_packets(scene: Scene) -> bool:
    """Tell whether some calls on a path take very much longer while most take what they always took."""
    slowest = next(scene.rising(EvidenceKind.LATENCY_EDGE), None)
    if slowest is None or rise(slowest) < RETRANSMISSION_MS:
        return False
    usual = next((s for s in slowest.samples if s.ref.startswith("median")), None)
    return usual is not None and moved(slowest, usual) < TAIL_ONLY * rise(slowest)


def moved(item: Evidence, series: Sample) -> float:
    """Return by how much a bucket series differs since the onset of a finding, as a difference of medians.

    The incident's buckets come last; a baseline of other days may be later than they are.
    """
    if item.onset is None:
        return 0.0
    times, onset = series.times, int(item.onset.timestamp() * NS)
    cut = len(times)
    while cut and times[cut - 1] >= onset and (cut == len(times) or times[cut - 1] < times[cut]):
        cut -= 1
    before, after = series.values[:cut], series.values[cut:]
    return median(after) - median(before) if before and after else 0.0


def unreachable(scene: Scene) -> bool:
    """Tell whether calls to a component that sends spans fail without a span of it: they did not arrive."""
    return any(
        item.kind is EvidenceKind.ERRORS_ORIGIN and item.subject.peer == scene.component and item.effect > 0
        for item in scene.own
    )
