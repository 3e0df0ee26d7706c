"""Collect evidence into features per component, and settle what explains what."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection, Iterable

from agent.ranking.features import Features, size_of
from agent.ranking.neighbours import Neighbours
from agent.ranking.wires import Wires
from tools.analysers.metric_classes import MetricClass, is_node_metric, metric_class, side_of
from tools.evidence import Evidence, EvidenceKind
from tools.sources.rows import Call

TAKES_EFFECT_S, AFTER_ONSET_S = 45.0, 15.0
"""A change shows within some seconds of its roll-out; onsets are dated to a bucket of ten or more."""
_RESOURCES = frozenset(
    {
        MetricClass.CPU,
        MetricClass.MEMORY,
        MetricClass.DISK,
        MetricClass.POOL,
        MetricClass.QUEUE,
        MetricClass.RESTART,
    }
)
_SYMPTOMS = frozenset({MetricClass.LATENCY, MetricClass.ERRORS})
_BAD_BOTH_WAYS = frozenset({MetricClass.ERRORS, MetricClass.RESTART, MetricClass.POOL})
"""Fewer free connections and less availability are as bad as more errors."""
_BEHAVIOUR = frozenset(
    {
        EvidenceKind.CLOCK,
        EvidenceKind.CALLS_VANISHED,
        EvidenceKind.CALLS_APPEARED,
        EvidenceKind.CALLS_CHANGED,
        EvidenceKind.LOG_NEW,
        EvidenceKind.LOG_BURST,
        EvidenceKind.LOG_GONE,
    }
)


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
        traced: components with enough spans in both windows; their latency is told by those, better than
            by metrics.
        ruled_out: components that a person has rejected; they excuse their callers no more.
    """
    found = Collector(graph, traced, ruled_out)
    for item in evidence:
        found.add(item)
    return found.finish()


class Collector:
    """Collects evidence into features."""

    def __init__(self, graph: Iterable[Call], traced: Collection[str], ruled_out: Collection[str] = ()) -> None:
        self._traced = traced
        self._ruled_out = set(ruled_out)
        self._graph = Neighbours(graph)
        self._wires = Wires(self._graph.edges())
        self._served: dict[str, float] = {}
        self._origins: set[str] = set()
        self._failing: set[str] = set()
        self._traffic: dict[str, float] = {}
        self._failed_calls = Wires(self._graph.edges())
        self._metric_edges: dict[tuple[str, str], dict[str, float]] = {}
        self._features: dict[str, Features] = {}
        self._changes: list[Evidence] = []
        self._onsets: dict[str, dt.datetime] = {}
        self._in_pods: dict[str, bool] = {}

    def of(self, component: str) -> Features:
        """Return the features of a component, made on first use."""
        return self._features.setdefault(component, Features())

    def add(self, item: Evidence) -> None:
        """Count one piece of evidence towards the components it speaks of."""
        component, size = item.subject.service, size_of(item)
        if item.onset and size and item.kind is not EvidenceKind.CHANGE:
            self._onsets[component] = min(item.onset, self._onsets.get(component, item.onset))
        if item.kind is EvidenceKind.METRIC_SHIFT:
            self._metric(item, size)
        elif item.kind is EvidenceKind.LATENCY_SELF and item.effect > 0:
            self.of(component).raise_to("own_time", size * _weight(item))
        elif item.kind is EvidenceKind.LATENCY_EDGE and item.effect > 0:
            self._wires.add(component, item.subject.peer, size, _weight(item))
        elif item.kind in _BEHAVIOUR:
            self.of(component).raise_to("behaviour", size)
        elif item.kind is EvidenceKind.ERRORS_ORIGIN and item.effect > 0:
            self._origins.add(component)
            if item.subject.peer:
                self._failed_calls.add(component, item.subject.peer, size)
            else:
                self.of(component).raise_to("behaviour", size)
        elif item.kind is EvidenceKind.ERRORS_PROPAGATED and item.effect > 0:
            self._failing.add(component)
        elif item.kind is EvidenceKind.CHANGE and component:
            self._changes.append(item)

    def _metric(self, item: Evidence, size: float) -> None:
        subject, kind = item.subject, metric_class(item.subject.name)
        if is_node_metric(subject.name):
            return
        self._in_pods[subject.service] = bool(subject.pod) or self._in_pods.get(subject.service, False)
        if kind is MetricClass.TRAFFIC and not subject.peer:
            moved = math.copysign(size, item.effect)
            self._traffic[subject.service] = max(self._traffic.get(subject.service, 0.0), moved, key=abs)
        if not (item.effect > 0 or kind in _BAD_BOTH_WAYS):
            return
        side = side_of(subject.name)
        if subject.peer and kind is MetricClass.LATENCY:
            edge = self._metric_edges.setdefault(self._graph.direction(subject.service, subject.peer), {})
            edge[side] = max(edge.get(side, 0.0), size)
        elif kind in _RESOURCES:
            self.of(subject.service).raise_to("resource", size)
        elif kind in _SYMPTOMS and (side != "client" or kind is not MetricClass.LATENCY):
            # What a component waits for as a client is not its own latency.
            if kind is MetricClass.LATENCY:
                self._served[subject.service] = max(self._served.get(subject.service, 0.0), size)
            weight = 1.0 if item.share is None else item.share**0.5
            self.of(subject.service).raise_to("symptom", size * weight)

    def finish(self) -> dict[str, Features]:
        """Fill in what needs the whole picture and return the features."""
        self._settle_changes()
        self._settle_edges()
        self._settle_traffic()
        self._settle_errors()
        symptoms = {component: features.symptom for component, features in self._features.items()}
        inner = {component: _inner(features) for component, features in self._features.items()}
        for component, features in self._features.items():
            below = self._graph.below(component) - self._ruled_out
            features.downstream = max((inner.get(name, 0.0) for name in below), default=0.0)
            explained = max((max(symptoms.get(c, 0.0), inner.get(c, 0.0)) for c in below), default=0.0)
            explained = max(explained, self._traffic.get(component, 0.0))
            told = component in self._traced or self._outside(component)
            features.symptom = 0.0 if told else max(features.symptom - explained, 0.0)
            features.off_path = float(self._graph.off_path(component))
        return self._features

    def _outside(self, component: str) -> bool:
        """Tell whether a component only shows how others fare, as a probe or the sum of all users does.

        No request passes it; or, where no call graph is known, it runs nowhere while most others run in pods.
        """
        if not self._graph.known:
            return not self._in_pods.get(component, True) and sum(self._in_pods.values()) > (len(self._in_pods) - 1) / 2
        return self._graph.off_path(component)

    def _settle_changes(self) -> None:
        for change in self._changes:
            if explains(change, self._onsets.get(change.subject.service)):
                self.of(change.subject.service).change = 1.0

    def _settle_edges(self) -> None:
        """Split edges' latency metrics into time on the wire and time at the callee, and credit slow wires.

        Where both ends measure the same calls, what only the client sees is lost between them.
        """
        for (caller, callee), sides in self._metric_edges.items():
            served = max(sides.get("server", 0.0), self._served.get(callee, 0.0))
            if "client" in sides:
                self._wires.add(caller, callee, sides["client"] - served)
            self.of(callee).raise_to("symptom", max(sides.get("server", 0.0), sides.get("", 0.0)))
        inward, outward = self._wires.credits()
        for component, size in inward.items():
            self.of(component).wire_in = size
        for component, size in outward.items():
            self.of(component).wire_out = size

    def _settle_errors(self) -> None:
        """Leave of the behaviour of a component that fails because of a call what exceeds that of the callee.

        Its missing calls and its own error lines follow from the failure below. Calls that fail at a callee
        which sends no spans are the fault of whichever end has more of them, as with slow edges.
        """
        refusing, refused = self._failed_calls.credits()
        for component, size in (*refusing.items(), *refused.items()):
            self.of(component).raise_to("behaviour", size)
        behaviour = {component: features.behaviour for component, features in self._features.items()}
        failing = self._origins | self._failing | set(refusing)
        for component in self._failing | set(refused):
            below = [behaviour.get(c, 0.0) for c in self._graph.callees(component) if c in failing]
            features = self.of(component)
            features.behaviour = max(features.behaviour - max(below, default=0.0), 0.0)

    def _settle_traffic(self) -> None:
        """Credit callers with traffic of those they call that moved while their own did not.

        Traced callers are left out: what they call is told by their spans. What is called more than before
        may be slow for that reason.
        """
        moved = Wires(self._graph.edges())
        for callee, size in self._traffic.items():
            for caller in self._graph.callers(callee):
                own = self._traffic.get(caller, 0.0)
                moved.add(caller, callee, abs(size) - (abs(own) if own * size > 0 else 0.0))
        for caller, size in moved.callers().items():
            if caller not in self._traced:
                self.of(caller).raise_to("traffic", size)


def explains(change: Evidence, onset: dt.datetime | None) -> bool:
    """Tell whether a change is near enough before an onset to have caused it: innocent by default."""
    if change.onset is None or onset is None:
        return False
    return -AFTER_ONSET_S <= (onset - change.onset).total_seconds() <= TAKES_EFFECT_S


def _weight(item: Evidence) -> float:
    return math.sqrt(max(item.share or 0.0, 0.0))


def _inner(features: Features) -> float:
    """Return the strongest sign that a component itself, not one below it, is slow or short of something."""
    return max(features.own_time, features.wire_in, features.resource)
