"""The alarm: when the data confirm what it says, "nothing is at fault" is hardly left."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tools.analysers.metric_classes import MetricClass, metric_class
from tools.evidence import Evidence, EvidenceKind

_FELT = frozenset({EvidenceKind.LATENCY_TOTAL, EvidenceKind.ERRORS_ORIGIN, EvidenceKind.ERRORS_PROPAGATED})
"""Kinds of evidence that tell what callers of a service feel."""
_BAD = frozenset({MetricClass.LATENCY, MetricClass.ERRORS})


@dataclass(frozen=True, slots=True)
class Alarm:
    """What raised the alarm: a service, and its metric where that is known."""

    service: str
    metric: str
    unfounded: float
    """Share of alarms like it, 0..1, that the data confirm and behind which nothing is at fault all the same."""

    def confirmed(self, evidence: Iterable[Evidence]) -> bool:
        """Tell whether the data surely show what the alarm says: its metric moved, or its service fares worse."""
        return any(self._speaks(item) for item in evidence if not item.uncertain)

    def _speaks(self, item: Evidence) -> bool:
        if item.subject.service != self.service:
            return False
        if item.kind is not EvidenceKind.METRIC_SHIFT:
            return item.kind in _FELT and item.effect > 0
        name = item.subject.name.partition("{")[0]
        if self.metric:
            return name.lower() == self.metric.lower()
        return metric_class(name) in _BAD and item.effect > 0


def nothing_at_most(alarm: Alarm | None, evidence: Iterable[Evidence]) -> float:
    """Return the largest probability that nothing is at fault may have, 0..1."""
    return alarm.unfounded if alarm is not None and alarm.confirmed(evidence) else 1.0
