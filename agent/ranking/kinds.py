"""Which kind of fault: by signs that one kind leaves, else the family by the fitted model and the kind within it."""

from __future__ import annotations

import re

from agent.ranking.blamed_change import changed_to
from agent.ranking.features import Features
from agent.ranking.model import Weights, family_scores
from agent.ranking.paths import BUSY, awaited_store, loses_packets, store_kind, unreachable
from agent.ranking.scene import Scene
from agent.ranking.signs import in_words, sign_of, storms, surges
from tools.analysers.log_templates import ALARMING
from tools.analysers.metric_classes import MetricClass, metric_class
from tools.evidence import Evidence, EvidenceKind
from tools.faults import FaultFamily, FaultKind

_BY_CLASS = {
    MetricClass.CPU: FaultKind.CPU_SATURATION,
    MetricClass.MEMORY: FaultKind.MEMORY_PRESSURE,
    MetricClass.DISK: FaultKind.DISK_FULL,
    MetricClass.POOL: FaultKind.POOL_EXHAUSTED,
    MetricClass.QUEUE: FaultKind.QUEUE_BACKLOG,
    MetricClass.RESTART: FaultKind.RESTART,
}
_FOLLOWS = re.compile(r"descriptor|(?<![a-z])fds|thread", re.IGNORECASE)
_STRUCTURAL = frozenset({EvidenceKind.CALLS_VANISHED, EvidenceKind.CALLS_CHANGED, EvidenceKind.LOG_GONE})
_SAID = frozenset({EvidenceKind.LOG_NEW, EvidenceKind.LOG_BURST})


def fault_kind(scene: Scene, weights: Weights) -> FaultKind:
    """Return the most likely kind of fault of one component.

    Args:
        scene: the component and what is known.
        weights: the fitted model.
    """
    if said := in_words(scene):
        return said
    if surges(scene):
        return FaultKind.TRAFFIC_SURGE
    if storms(scene):
        return FaultKind.RETRY_STORM
    return _own_kind(scene, weights) if scene.instrumented else _store(scene)


def _store(scene: Scene) -> FaultKind:
    """Return the kind of fault of what sends no spans: its callers tell."""
    if any(True for _ in scene.rising(EvidenceKind.ERRORS_ORIGIN)):
        return FaultKind.DEPENDENCY_DOWN
    slowest = next(scene.rising(EvidenceKind.LATENCY_EDGE), None)
    return store_kind(scene, slowest.subject.service, scene.component) if slowest else FaultKind.DEPENDENCY_SLOW


def _own_kind(scene: Scene, weights: Weights) -> FaultKind:
    features = scene.features
    if store := awaited_store(scene):
        return store_kind(scene, scene.component, store)
    known = sign_of(scene) or (changed_to(scene) if features.change else None)
    if known is not None:
        return known
    if features.own_time < BUSY and loses_packets(scene):
        return FaultKind.NETWORK_LOSS
    # What is out of reach without being busy is cut off; what is busy merely does not answer in time.
    if max(features.resource, features.own_time) < BUSY and unreachable(scene):
        return FaultKind.NETWORK_PARTITION
    family = most_likely_family(features, weights)
    if family is FaultFamily.RESOURCE:
        # Slow in its own code while its resources are measured and quiet: it waits, it does not work.
        idle = scene.measured and features.resource == 0.0 and features.own_time > 0.0
        return FaultKind.SLOW_CODE if idle else _resource(scene.own)
    return FaultKind.NETWORK_DELAY if family is FaultFamily.NETWORK else _code(features, scene.own)


def most_likely_family(features: Features, weights: Weights) -> FaultFamily:
    """Return the family with the highest probability."""
    scores = family_scores(features, weights)
    return max(scores, key=lambda family: scores[family])


def _resource(evidence: list[Evidence]) -> FaultKind:
    """Return the kind of the strongest resource; threads and open files only grow with whatever waits."""
    for item in evidence:
        name = item.subject.name
        if item.kind is EvidenceKind.METRIC_SHIFT and metric_class(name) in _BY_CLASS and not _FOLLOWS.search(name):
            return _BY_CLASS[metric_class(name)]
    return FaultKind.CPU_SATURATION


def _code(features: Features, evidence: list[Evidence]) -> FaultKind:
    if any(_alarming(item) for item in evidence):
        return FaultKind.EXCEPTION
    if any(item.kind is EvidenceKind.ERRORS_ORIGIN and item.effect > 0 for item in evidence):
        return FaultKind.EXCEPTION
    if features.own_time <= features.behaviour and any(item.kind in _STRUCTURAL for item in evidence):
        return FaultKind.EARLY_RETURN
    if features.own_time:
        return FaultKind.SLOW_CODE
    # Calls that appear where nothing fails and nothing is said are no exception: a cache that has to be filled, a flag.
    return FaultKind.EXCEPTION if any(item.kind in _SAID for item in evidence) else FaultKind.UNKNOWN


def _alarming(item: Evidence) -> bool:
    """Tell whether an error-level log line is new or bursts."""
    return item.kind in _SAID and any(f" {severity} " in item.statement for severity in ALARMING)
