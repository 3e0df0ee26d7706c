"""Impact: whether those who use the system feel anything, and whether there are more of them than usual."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from agent.ranking.neighbours import Neighbours
from tools.evidence import Evidence, EvidenceKind
from tools.sources.rows import Call

_FELT = frozenset({EvidenceKind.LATENCY_TOTAL, EvidenceKind.ERRORS_ORIGIN, EvidenceKind.ERRORS_PROPAGATED})
SURGE = 1.5
"""Half as much traffic again is more than the swing between two looks at a healthy system."""


def unaffected(evidence: Iterable[Evidence], graph: Iterable[Call], traced: Collection[str]) -> bool:
    """Tell whether requests surely fare as before where they enter: no slower, and failing no more often.

    Args:
        evidence: all of it.
        graph: the call graph; who is called by nobody is an entry.
        traced: components with enough spans in both windows. Without an entry among them nothing is told.
    """
    calls = list(graph)
    known = Neighbours(calls)
    entries = {call.caller for call in calls if not known.callers(call.caller)} & set(traced)
    felt = {e.subject.service for e in evidence if e.kind in _FELT and e.effect > 0 and not e.uncertain}
    return bool(entries) and not entries & felt


def surge(evidence: Iterable[Evidence]) -> str:
    """Return the statement on the largest sure rise of traffic by half or more, empty when there is none."""
    risen = [
        e
        for e in evidence
        if e.kind is EvidenceKind.TRAFFIC and not e.uncertain and (e.incident or 0.0) >= SURGE * (e.baseline or 0.0) > 0
    ]
    return max(risen, key=lambda e: e.effect).statement if risen else ""
