"""What a person says, in the ranking: it is bounded, and it never hides anything.

- A rejected component is no candidate any more: the others share its probability in proportion, which is what
  removing an alternative from a conditional logit does (independence of irrelevant alternatives, Luce 1959).
  It stays in the list, last, with the reason.
- An observation for or against a component moves its log-odds by `OBSERVED`, a weight set by hand: one person's
  word counts about as much as one clear finding, and no number of words more than `MOST`.
"""

from __future__ import annotations

from collections.abc import Mapping

from agent.schema import Hypothesis, Steering
from tools.evidence import Evidence, EvidenceKind

OBSERVED = 1.5
"""Log-odds: four and a half times as likely, or as unlikely."""
MOST = 3.0
_SIGN = {"for": 1.0, "against": -1.0, "neither": 0.0}


def steered(scores: Mapping[str, float], steering: Steering) -> dict[str, float]:
    """Return log-odds per candidate: rejected ones left out, observed ones moved or added."""
    named = {item.component for item in steering.observations if item.component and item.speaks == "for"}
    candidates = [name for name in {**scores, **dict.fromkeys(named)} if not steering.reason(name)]
    return {name: scores.get(name, 0.0) + heard(name, steering) for name in candidates}


def heard(component: str, steering: Steering) -> float:
    """Return the log-odds that observations add to a component, within `MOST`."""
    told = sum(_SIGN[item.speaks] for item in steering.observations if item.component == component)
    return max(-MOST, min(MOST, OBSERVED * told))


def observations(
    component: str, evidence: list[Evidence], steering: Steering
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return ids of what people have seen that speaks for and against a component."""
    sides: dict[str, list[str]] = {"for": [], "against": [], "neither": []}
    speaks = {(item.text, item.component): item.speaks for item in steering.observations}
    for item in evidence:
        if item.kind is EvidenceKind.OBSERVATION and item.subject.service == component:
            sides[speaks.get((item.statement, component), "neither")].append(item.id)
    return tuple(sides["for"]), tuple(sides["against"])


def worth_showing(hypotheses: list[Hypothesis], limit: int, steering: Steering) -> list[Hypothesis]:
    """Return the first hypotheses, then those that a person pinned or rejected, in their order."""
    standing = [index for index, item in enumerate(hypotheses) if not item.rejected][:limit]
    return [
        item
        for index, item in enumerate(hypotheses)
        if index in standing or item.rejected or item.component in steering.pinned
    ]
