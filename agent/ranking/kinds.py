"""Which kind of fault: the family by the fitted model, the kind within it by what was found."""

from __future__ import annotations

from dataclasses import dataclass

from agent.ranking.features import Features
from agent.ranking.model import Weights, family_scores
from tools.analysers.logs import ALARMING
from tools.analysers.metric_classes import MetricClass, metric_class
from tools.evidence import Evidence, EvidenceKind
from tools.faults import FaultFamily, FaultKind, kind_in_words

_BY_CLASS = {
    MetricClass.CPU: FaultKind.CPU_SATURATION,
    MetricClass.MEMORY: FaultKind.MEMORY_PRESSURE,
    MetricClass.DISK: FaultKind.DISK_FULL,
    MetricClass.POOL: FaultKind.POOL_EXHAUSTED,
    MetricClass.QUEUE: FaultKind.QUEUE_BACKLOG,
    MetricClass.RESTART: FaultKind.RESTART,
}
_BY_CHANGE = {
    "config": FaultKind.BAD_CONFIGURATION,
    "flag": FaultKind.BAD_CONFIGURATION,
    "deploy": FaultKind.BAD_DEPLOY,
    "commit": FaultKind.BAD_DEPLOY,
    "event": FaultKind.RESTART,
}
_STRUCTURAL = frozenset({EvidenceKind.CALLS_VANISHED, EvidenceKind.CALLS_CHANGED, EvidenceKind.LOG_GONE})

BUSY = 1.0
"""A rise of a resource or of self-time by three scales and more, most of it sure."""


@dataclass(frozen=True, slots=True)
class Sender:
    """What a component sends: spans, where there are any (else any telemetry), and metrics."""

    instrumented: bool
    measured: bool


def fault_kind(
    component: str, features: Features, evidence: list[Evidence], sender: Sender, weights: Weights
) -> FaultKind:
    """Return the most likely kind of fault of one component.

    Args:
        component: which one.
        features: of the component.
        evidence: on the component, strongest first.
        sender: what it sends; a store or foreign service sends nothing of its own.
        weights: the fitted model.
    """
    said = _in_words(evidence)
    if not sender.instrumented:
        return said or _dependency(evidence)
    known = (_change(evidence) if features.change else None) or said
    if known is not None:
        return known
    # What is out of reach without being busy is cut off; what is busy merely does not answer in time.
    if max(features.resource, features.own_time) < BUSY and _unreachable(component, evidence):
        return FaultKind.NETWORK_PARTITION
    family = most_likely_family(features, weights)
    if family is FaultFamily.RESOURCE:
        # Slow in its own code while its resources are measured and quiet: it waits, it does not work.
        idle = sender.measured and features.resource == 0.0 and features.own_time > 0.0
        return FaultKind.SLOW_CODE if idle else _resource(evidence)
    return FaultKind.NETWORK_DELAY if family is FaultFamily.NETWORK else _code(features, evidence)


def most_likely_family(features: Features, weights: Weights) -> FaultFamily:
    """Return the family with the highest probability."""
    scores = family_scores(features, weights)
    return max(scores, key=lambda family: scores[family])


def _unreachable(component: str, evidence: list[Evidence]) -> bool:
    """Tell whether calls to a component that sends spans fail without a span of it: they did not arrive."""
    return any(e.kind is EvidenceKind.ERRORS_ORIGIN and e.subject.peer == component and e.effect > 0 for e in evidence)


def _in_words(evidence: list[Evidence]) -> FaultKind | None:
    """Return the kind that new or more frequent log lines name, and the texts of failed spans."""
    for item in evidence:
        if item.kind in {EvidenceKind.LOG_NEW, EvidenceKind.LOG_BURST} and (kind := kind_in_words(item.statement)):
            return kind
        if item.kind is EvidenceKind.ERRORS_ORIGIN and item.effect > 0:
            texts = (kind_in_words(sample.text) for sample in item.samples)
            if kind := next((found for found in texts if found), None):
                return kind
    return None


def _dependency(evidence: list[Evidence]) -> FaultKind:
    failing = any(item.kind is EvidenceKind.ERRORS_ORIGIN and item.effect > 0 for item in evidence)
    return FaultKind.DEPENDENCY_DOWN if failing else FaultKind.DEPENDENCY_SLOW


def _change(evidence: list[Evidence]) -> FaultKind | None:
    """Return the kind that the nearest recorded change suggests, None without a change."""
    for item in evidence:
        if item.kind is EvidenceKind.CHANGE:
            return _BY_CHANGE.get(item.statement.split(" ", 1)[0].lower(), FaultKind.BAD_DEPLOY)
    return None


def _resource(evidence: list[Evidence]) -> FaultKind:
    for item in evidence:
        if item.kind is EvidenceKind.METRIC_SHIFT and metric_class(item.subject.name) in _BY_CLASS:
            return _BY_CLASS[metric_class(item.subject.name)]
    return FaultKind.CPU_SATURATION


def _code(features: Features, evidence: list[Evidence]) -> FaultKind:
    if any(_alarming(item) for item in evidence):
        return FaultKind.EXCEPTION
    if any(item.kind is EvidenceKind.ERRORS_ORIGIN and item.effect > 0 for item in evidence):
        return FaultKind.EXCEPTION
    if any(item.kind in _STRUCTURAL for item in evidence):
        return FaultKind.EARLY_RETURN
    return FaultKind.SLOW_CODE if features.own_time else FaultKind.EXCEPTION


def _alarming(item: Evidence) -> bool:
    """Tell whether an error-level log line is new or bursts."""
    if item.kind not in {EvidenceKind.LOG_NEW, EvidenceKind.LOG_BURST}:
        return False
    return any(f" {severity} " in item.statement for severity in ALARMING)
