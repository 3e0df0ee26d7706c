"""Draft hypotheses: one per component that the evidence points at, scored and ordered."""

from __future__ import annotations

from dataclasses import dataclass

from agent.ranking.features import Features, component_features
from agent.ranking.kinds import Sender, fault_kind
from agent.ranking.model import Weights, probabilities, score
from agent.schema import Hypothesis
from tools.evidence import Evidence, EvidenceKind
from tools.faults import FaultFamily, FaultKind, playbook
from tools.sources.rows import Call

SUPPORTING = 8
"""Pieces of evidence cited per hypothesis, strongest first: more is not read."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What ranking looks at: all evidence, the topology, who sends telemetry, and who sends spans."""

    evidence: list[Evidence]
    graph: list[Call]
    instrumented: frozenset[str]
    traced: frozenset[str]
    measured: frozenset[str] = frozenset()
    """Components with metrics: for them, no rise of a resource means something."""


def rank_hypotheses(picture: Picture, weights: Weights) -> list[Hypothesis]:
    """Return all hypotheses, most probable first, with calibrated confidence.

    Confidences sum to at most 1; the rest is the probability that nothing is at fault.
    """
    features = component_features(picture.evidence, picture.graph, picture.traced)
    chances = probabilities({name: score(f, weights) for name, f in features.items()}, weights.none)
    ordered = sorted(features, key=lambda name: (-chances[name], name))
    return [draft(name, rank, chances[name], features[name], picture, weights) for rank, name in enumerate(ordered, 1)]


def draft(
    component: str, rank: int, confidence: float, features: Features, picture: Picture, weights: Weights
) -> Hypothesis:
    """Return one hypothesis with what speaks for it; chain, gaps and owner come later."""
    own = about(component, picture.evidence)
    sender = Sender(component in picture.instrumented, component in picture.measured)
    kind = fault_kind(features, own, sender, weights)
    supports = [item for item in own if _supports(item, kind)][:SUPPORTING] or own[:SUPPORTING]
    operation = next((e.subject.operation for e in supports if e.subject.operation), "")
    texts = playbook(kind)
    fill = {"component": component, "operation": operation or component, "peer": ""}
    return Hypothesis(
        rank=rank,
        component=component,
        operation=operation,
        fault_kind=kind,
        cause=_cause(texts.mechanism.format(**fill), supports),
        confidence=confidence,
        supports=tuple(item.id for item in supports),
        next_check=texts.checks[0].format(**fill),
        remediation=tuple(text.format(**fill) for text in texts.remedies),
    )


def about(component: str, evidence: list[Evidence]) -> list[Evidence]:
    """Return the evidence on a component, strongest first; a slow edge is about both of its ends."""
    found = [e for e in evidence if component in (e.subject.service, _blamed_peer(e))]
    return sorted(found, key=lambda item: (-abs(item.effect), item.id))


def _blamed_peer(item: Evidence) -> str:
    return item.subject.peer if item.kind is EvidenceKind.LATENCY_EDGE else ""


def _supports(item: Evidence, kind: FaultKind) -> bool:
    """Tell whether evidence fits a kind of fault, beyond merely being about the component."""
    if item.kind in {EvidenceKind.LATENCY_TOTAL, EvidenceKind.ERRORS_PROPAGATED, EvidenceKind.TRAFFIC}:
        return False
    if item.kind is EvidenceKind.CHANGE:
        return kind in {FaultKind.BAD_CONFIGURATION, FaultKind.BAD_DEPLOY}
    if kind.family is FaultFamily.NETWORK:
        return item.kind in {EvidenceKind.LATENCY_EDGE, EvidenceKind.METRIC_SHIFT}
    return True


def _cause(mechanism: str, supports: list[Evidence]) -> str:
    """Return the mechanism with the number that speaks loudest for it."""
    return f"{mechanism}: {supports[0].statement}" if supports else mechanism
