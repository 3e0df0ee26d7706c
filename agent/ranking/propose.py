"""Draft hypotheses: one per component that the evidence points at, scored and ordered."""

from __future__ import annotations

from dataclasses import dataclass

from agent.ranking.alarm import Alarm, nothing_at_most
from agent.ranking.collect import component_features
from agent.ranking.features import Features
from agent.ranking.impact import felt
from agent.ranking.kinds import fault_kind
from agent.ranking.model import Weights, probabilities, score
from agent.ranking.neighbours import Neighbours
from agent.ranking.scene import Scene
from agent.ranking.steering import observations, steered
from agent.schema import Hypothesis, Steering
from tools.evidence import Evidence, EvidenceKind
from tools.faults import FaultFamily, FaultKind, playbook
from tools.names import named
from tools.sources.rows import Call

_NO_SUPPORT = frozenset(
    {
        EvidenceKind.LATENCY_TOTAL,
        EvidenceKind.ERRORS_PROPAGATED,
        EvidenceKind.TRAFFIC,
        EvidenceKind.OBSERVATION,
    }
)
"""Kinds that tell who is affected, and what people say, which is cited apart."""
_OF_BOTH_ENDS = frozenset({EvidenceKind.LATENCY_EDGE, EvidenceKind.ERRORS_ORIGIN})
"""Kinds whose edges speak of the callee as much as of the caller."""
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
    alarm: Alarm | None = None
    complete: bool = False
    """Traces, logs and metrics were read, and a baseline several times as long as the incident."""


def rank_hypotheses(picture: Picture, weights: Weights, steering: Steering | None = None) -> list[Hypothesis]:
    """Return all hypotheses, most probable first, with calibrated confidence; rejected ones last, with none.

    Confidences sum to at most 1; the rest is the probability that nothing is at fault.

    Args:
        picture: what is known.
        weights: the fitted model.
        steering: what a person has said.
    """
    said = steering or Steering()
    ruled_out = frozenset(item.component for item in said.rejected)
    features = component_features(picture.evidence, picture.graph, picture.traced, ruled_out)
    scores = steered({name: score(f, weights) for name, f in features.items()}, said)
    none = weights.none + weights.felt * felt(picture.evidence, picture.graph)
    within = weights.within if picture.complete else 1.0
    chances = probabilities(scores, none, nothing_at_most(picture.alarm, picture.evidence), within)
    neighbours = Neighbours(picture.graph)
    names = {**features, **scores}
    ordered = sorted(names, key=lambda name: (name in ruled_out, -chances.get(name, 0.0), name))
    drafts = [
        draft(name, rank, chances.get(name, 0.0), features.get(name, Features()), picture, neighbours, weights)
        for rank, name in enumerate(ordered, 1)
    ]
    return [_told(item, picture.evidence, said) for item in drafts]


def _told(hypothesis: Hypothesis, evidence: list[Evidence], steering: Steering) -> Hypothesis:
    """Return a hypothesis with what people have said about it."""
    speaking, denying = observations(hypothesis.component, evidence, steering)
    update = {
        "supports": (*speaking, *(ref for ref in hypothesis.supports if ref not in {*speaking, *denying})),
        "contradicts": denying,
        "rejected": steering.reason(hypothesis.component),
    }
    return hypothesis.model_copy(update=update)


def draft(
    component: str,
    rank: int,
    confidence: float,
    features: Features,
    picture: Picture,
    neighbours: Neighbours,
    weights: Weights,
) -> Hypothesis:
    """Return one hypothesis with what speaks for it; chain, gaps and owner come later."""
    own = about(component, picture.evidence)
    scene = Scene(
        component=component,
        features=features,
        own=own,
        everything=picture.evidence,
        neighbours=neighbours,
        traced=picture.instrumented,
        measured=component in picture.measured,
    )
    kind = fault_kind(scene, weights)
    supports = [item for item in own if _supports(item, kind)][:SUPPORTING] or own[:SUPPORTING]
    operation = next((e.subject.operation for e in supports if e.subject.operation), "")
    texts = playbook(kind)
    fill = {"component": component, "operation": named(operation or component), "peer": ""}
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
    """Return the evidence on a component, strongest first; a slow or failing edge is about both of its ends."""
    found = [e for e in evidence if component in (e.subject.service, _blamed_peer(e))]
    return sorted(found, key=lambda item: (-abs(item.effect), item.id))


def _blamed_peer(item: Evidence) -> str:
    return item.subject.peer if item.kind in _OF_BOTH_ENDS else ""


def _supports(item: Evidence, kind: FaultKind) -> bool:
    """Tell whether evidence fits a kind of fault, beyond merely being about the component."""
    if item.kind in _NO_SUPPORT:
        return False
    if item.kind is EvidenceKind.CHANGE:
        return kind in {FaultKind.BAD_CONFIGURATION, FaultKind.BAD_DEPLOY}
    if kind.family is FaultFamily.NETWORK:
        return item.kind in {EvidenceKind.LATENCY_EDGE, EvidenceKind.METRIC_SHIFT, EvidenceKind.CLOCK}
    return True


def _cause(mechanism: str, supports: list[Evidence]) -> str:
    """Return the mechanism with the number that speaks loudest for it."""
    return f"{mechanism}: {supports[0].statement}" if supports else mechanism
