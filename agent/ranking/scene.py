"""Scene: one component before all that is known, which the signs of fault kinds are looked for in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from agent.ranking.features import Features
from agent.ranking.neighbours import Neighbours
from tools.evidence import Evidence, EvidenceKind

FAILURES = frozenset({EvidenceKind.ERRORS_ORIGIN, EvidenceKind.ERRORS_PROPAGATED})


@dataclass(frozen=True, slots=True)
class Scene:
    """A component, its features, and the evidence; `own` is about it, strongest first.

    `traced` are the components that send spans; `measured` tells whether this one sends metrics.
    """

    component: str
    features: Features
    own: list[Evidence]
    everything: list[Evidence]
    neighbours: Neighbours
    traced: frozenset[str]
    measured: bool

    @property
    def instrumented(self) -> bool:
        """Tell whether the component sends spans; a store or foreign service sends none."""
        return self.component in self.traced

    def rising(self, kind: EvidenceKind) -> Iterator[Evidence]:
        """Yield the sure evidence of a kind on the component that rose, strongest first."""
        return (item for item in self.own if item.kind is kind and item.effect > 0 and not item.uncertain)

    def failing(self, service: str) -> bool:
        """Tell whether more of a service's own spans fail, wherever the failure begins."""
        return any(e.kind in FAILURES and e.effect > 0 and e.subject.service == service for e in self.everything)

    def slow_edges(self, peer: str) -> list[Evidence]:
        """Return the calls to a peer that take longer."""
        return [
            e
            for e in self.everything
            if e.kind is EvidenceKind.LATENCY_EDGE and e.subject.peer == peer and rise(e) > 0.0
        ]


def rise(item: Evidence) -> float:
    """Return by how much a finding rose, in its unit; 0 where it has no two values."""
    return item.incident - item.baseline if item.incident is not None and item.baseline is not None else 0.0
