"""Impact: whether those who use the system feel anything, and whether there are more of them than usual."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from agent.ranking.features import size_of
from agent.ranking.neighbours import Neighbours
from tools.evidence import Evidence, EvidenceKind
from tools.sources.rows import Call

_FELT = frozenset({EvidenceKind.LATENCY_TOTAL, EvidenceKind.ERRORS_ORIGIN, EvidenceKind.ERRORS_PROPAGATED})
INSTANT_MS = 100.0
"""What takes no longer feels instantaneous (Nielsen, Usability Engineering, 1993)."""
NOTICED = 1.2
"""A request that takes less than a fifth longer than it did feels the same (Weber's fraction of durations)."""
SURGE = 1.5
"""Half as much traffic again is more than the swing between two looks at a healthy system."""


def unaffected(evidence: Iterable[Evidence], graph: Iterable[Call], traced: Collection[str]) -> bool:
    """Tell whether requests surely fare as before where they enter: not noticeably slower, failing no more often.

    Args:
        evidence: all of it.
        graph: the call graph; who is called by nobody is an entry.
        traced: components with enough spans in both windows. Without an entry among them nothing is told.
    """
    entries = Neighbours(graph).entries() & set(traced)
    return bool(entries) and not any(_noticed(item) for item in _felt(evidence, entries) if not item.uncertain)


def felt(evidence: Iterable[Evidence], graph: Iterable[Call]) -> float:
    """Return how much worse requests fare where they enter: the largest size of a finding, 0 when there is none."""
    return max((size_of(item) for item in _felt(evidence, Neighbours(graph).entries())), default=0.0)


def _noticed(item: Evidence) -> bool:
    if item.kind is not EvidenceKind.LATENCY_TOTAL or item.incident is None or item.baseline is None:
        return True
    return item.incident > INSTANT_MS and item.incident >= NOTICED * item.baseline


def _felt(evidence: Iterable[Evidence], entries: Collection[str]) -> list[Evidence]:
    return [e for e in evidence if e.kind in _FELT and e.effect > 0 and e.subject.service in entries]


def surge(evidence: Iterable[Evidence]) -> str:
    """Return the statement on the largest sure rise of traffic by half or more, empty when there is none."""
    risen = [
        e
        for e in evidence
        if e.kind is EvidenceKind.TRAFFIC and not e.uncertain and (e.incident or 0.0) >= SURGE * (e.baseline or 0.0) > 0
    ]
    return max(risen, key=lambda e: e.effect).statement if risen else ""
