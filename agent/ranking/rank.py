"""Propose one hypothesis a component and rank them."""

from __future__ import annotations

import math
from collections import defaultdict

from agent.schema import Hypothesis
from tools.evidence import Evidence, EvidenceKind
from tools.faults import FaultKind, playbook


def propose_hypotheses(evidence: list[Evidence]) -> list[Hypothesis]:
    """Return one hypothesis per component that evidence points at, unranked (rank 1 each)."""
    by_component: dict[str, list[Evidence]] = defaultdict(list)
    for item in evidence:
        by_component[item.subject.peer or item.subject.service].append(item)
    return [_hypothesis(component, found) for component, found in sorted(by_component.items())]


def _hypothesis(component: str, found: list[Evidence]) -> Hypothesis:
    strongest = max(found, key=lambda item: abs(item.effect))
    kind = FaultKind.NETWORK_DELAY if strongest.kind is EvidenceKind.LATENCY_EDGE else FaultKind.SLOW_CODE
    texts = playbook(kind)
    fill = {"component": component, "operation": strongest.subject.operation, "peer": strongest.subject.peer}
    return Hypothesis(
        rank=1,
        component=component,
        operation=strongest.subject.operation,
        fault_kind=kind,
        cause=texts.mechanism.format(**fill),
        confidence=0.0,
        supports=tuple(item.id for item in found),
        next_check=texts.checks[0].format(**fill),
        remediation=tuple(text.format(**fill) for text in texts.remedies),
    )


def rank_hypotheses(hypotheses: list[Hypothesis], evidence: list[Evidence]) -> list[Hypothesis]:
    """Return hypotheses best first, with ranks and confidences that sum to at most one."""
    effect = {item.id: math.log1p(abs(item.effect)) for item in evidence}
    scores = {h.component: max((effect[ref] for ref in h.supports), default=0.0) for h in hypotheses}
    total = sum(math.exp(score) for score in scores.values()) or 1.0
    ordered = sorted(hypotheses, key=lambda h: (-scores[h.component], h.component))
    return [
        h.model_copy(update={"rank": rank, "confidence": math.exp(scores[h.component]) / total})
        for rank, h in enumerate(ordered, 1)
    ]
