"""Features: what the evidence says about each component, as a few comparable numbers.

Effects are unbounded and of different tests, so each enters as a logarithm, capped: beyond
`CAP` a finding is beyond doubt, and more of it is no more convincing.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields

from tools.analysers.metric_classes import MetricClass, is_node_metric, metric_class
from tools.evidence import Evidence, EvidenceKind
from tools.sources.rows import Call

CAP = math.log1p(200.0)
"""About 5.3. An effect of 200 baseline scales."""
TAKES_EFFECT_S, AFTER_ONSET_S = 45.0, 15.0
"""A change shows within some seconds of its roll-out; onsets are dated to a bucket of ten or more."""
QUIET = 1.5
"""Effects below this are left out: with many looks they are found everywhere."""


@dataclass(slots=True)
class Features:
    """Numbers about one component, all at least 0. Names follow the evidence they come from."""

    own_time: float = 0.0
    """Strongest rise of self-time of its operations, weighed by the part of all changed time spent there."""
    wire_in: float = 0.0
    """The same for time on the way to it from its callers."""
    wire_in_breadth: float = 0.0
    """Part of its callers that see it."""
    wire_out: float = 0.0
    """The same for time on the way from it to those it calls."""
    wire_out_breadth: float = 0.0
    behaviour: float = 0.0
    """Strongest change of what it does: calls made, lines logged, errors that begin in it."""
    resource: float = 0.0
    """Strongest rise of a CPU, memory, disk, pool, queue or restart metric."""
    symptom: float = 0.0
    """Strongest rise of a latency or error metric beyond what those it calls show."""
    metric_other: float = 0.0
    change: float = 0.0
    """A recorded change of it."""
    downstream: float = 0.0
    """Strongest own anomaly among those it calls, which may explain its own."""
    off_path: float = 0.0
    """1 when the call graph is known and no request passes it."""

    def vector(self) -> list[float]:
        """Return the values in the order of `NAMES`."""
        return [getattr(self, name) for name in NAMES]


NAMES: tuple[str, ...] = tuple(field.name for field in fields(Features))
_METRICS = {
    MetricClass.CPU: "resource",
    MetricClass.MEMORY: "resource",
    MetricClass.DISK: "resource",
    MetricClass.POOL: "resource",
    MetricClass.QUEUE: "resource",
    MetricClass.RESTART: "resource",
    MetricClass.LATENCY: "symptom",
    MetricClass.ERRORS: "symptom",
}


def component_features(
    evidence: Iterable[Evidence],
    graph: Iterable[Call],
    traced: Collection[str] = frozenset(),
    ruled_out: Collection[str] = frozenset(),
) -> dict[str, Features]:
    """Return features per component that the evidence or the call graph names.

    Args:
        evidence: all of it.
        graph: the call graph.
        traced: components with spans; their latency is told by those, better than by metrics.
        ruled_out: components that a person has rejected; they excuse their callers no more.
    """
    found = Collector(graph, traced, ruled_out)
    for item in evidence:
        found.add(item)
    return found.finish()


class Collector:
    """Collects evidence into features."""

    def __init__(self, graph: Iterable[Call], traced: Collection[str], ruled_out: Collection[str]) -> None:
        self._traced = traced
        self._ruled_out = ruled_out
        self._callers: dict[str, set[str]] = {}
        self._callees: dict[str, set[str]] = {}
        for call in graph:
            self._callers.setdefault(call.callee, set()).add(call.caller)
            self._callees.setdefault(call.caller, set()).add(call.callee)
        self._on_path = {*self._callers, *self._callees}
        self._features: dict[str, Features] = {}
        self._slow_edges: set[tuple[str, str]] = set()
        self._changes: list[Evidence] = []
        self._onsets: dict[str, dt.datetime] = {}
        self._shares: dict[tuple[str, str], float] = {}

    def of(self, component: str) -> Features:
        """Return the features of a component, made on first use."""
        return self._features.setdefault(component, Features())

    def add(self, item: Evidence) -> None:
        """Count one piece of evidence towards the components it speaks of."""
        subject, size = item.subject, saturate(item.effect)
        if item.onset and size and item.kind is not EvidenceKind.CHANGE:
            self._onsets[subject.service] = min(item.onset, self._onsets.get(subject.service, item.onset))
        rising = item.effect > 0
        share = max(item.share or 0.0, 0.0)
        match item.kind:
            case EvidenceKind.LATENCY_SELF if rising:
                self._slow(subject.service, "own_time", size, share)
            case EvidenceKind.LATENCY_EDGE if rising:
                self._edge(subject.service, subject.peer, size, share)
            case EvidenceKind.CALLS_VANISHED | EvidenceKind.CALLS_APPEARED | EvidenceKind.CALLS_CHANGED:
                self._raise(subject.service, "behaviour", size)
            case EvidenceKind.LOG_NEW | EvidenceKind.LOG_BURST | EvidenceKind.LOG_GONE:
                self._raise(subject.service, "behaviour", size)
            case EvidenceKind.ERRORS_ORIGIN if rising:
                self._raise(subject.service, "behaviour", size)
            case EvidenceKind.METRIC_SHIFT:
                self._metric(item, size)
            case EvidenceKind.CHANGE if subject.service:
                self._changes.append(item)
            case _:
                pass

    def _raise(self, component: str, name: str, value: float) -> None:
        features = self.of(component)
        setattr(features, name, max(getattr(features, name), value))

    def _edge(self, caller: str, callee: str, size: float, share: float) -> None:
        self._slow_edges.add((caller, callee))
        self._slow(callee, "wire_in", size, share)
        self._slow(caller, "wire_out", size, share)

    def _slow(self, component: str, name: str, size: float, share: float) -> None:
        self._raise(component, name, size)
        self._shares[component, name] = self._shares.get((component, name), 0.0) + share

    def _metric(self, item: Evidence, size: float) -> None:
        kind = metric_class(item.subject.name)
        name = "metric_other" if is_node_metric(item.subject.name) else _METRICS.get(kind, "metric_other")
        bad_direction = item.effect > 0 or kind in {MetricClass.ERRORS, MetricClass.RESTART, MetricClass.POOL}
        self._raise(item.subject.service, name if bad_direction else "metric_other", size)

    def finish(self) -> dict[str, Features]:
        """Fill in what needs the whole picture and return the features."""
        for change in self._changes:
            if explains(change, self._onsets.get(change.subject.service)):
                self.of(change.subject.service).change = 1.0
        for component, features in self._features.items():
            for name in ("own_time", "wire_in", "wire_out"):
                weight = min(self._shares.get((component, name), 0.0), 1.0) ** 0.5
                setattr(features, name, getattr(features, name) * weight)
            features.wire_in_breadth = self._breadth(component, self._callers, inward=True)
            features.wire_out_breadth = self._breadth(component, self._callees, inward=False)
        own = {component: own_anomaly(features) for component, features in self._features.items()}
        symptoms = {component: features.symptom for component, features in self._features.items()}
        for component, features in self._features.items():
            below = self._callees.get(component, set()) - {component, *self._ruled_out}
            features.downstream = max((own.get(callee, 0.0) for callee in below), default=0.0)
            explained = max((max(symptoms.get(c, 0.0), own.get(c, 0.0)) for c in below), default=0.0)
            features.symptom = 0.0 if component in self._traced else max(features.symptom - explained, 0.0)
            features.off_path = float(bool(self._on_path) and component not in self._on_path)
        return self._features

    def _breadth(self, component: str, neighbours: Mapping[str, set[str]], *, inward: bool) -> float:
        around = neighbours.get(component, set()) - {component}
        slow = {(a if inward else b) for a, b in self._slow_edges if (b if inward else a) == component}
        return len(slow & around) / len(around) if around else 0.0


def explains(change: Evidence, onset: dt.datetime | None) -> bool:
    """Tell whether a change is near enough before an onset to have caused it: innocent by default."""
    if change.onset is None or onset is None:
        return False
    return -AFTER_ONSET_S <= (onset - change.onset).total_seconds() <= TAKES_EFFECT_S


def own_anomaly(features: Features) -> float:
    """Return the strongest sign that the component itself, not one below it, misbehaves."""
    return max(features.own_time, features.wire_in, features.behaviour, features.resource)


def saturate(effect: float) -> float:
    """Return log(1 + |effect| - `QUIET`), at least 0 and at most `CAP`."""
    return min(math.log1p(max(abs(effect) - QUIET, 0.0)), CAP)
