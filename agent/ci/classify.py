"""The verdict on a failed run: the class that most of the weight speaks for, or not enough evidence."""

from __future__ import annotations

from collections.abc import Sequence

from agent.ci.weigh import CONVINCING, DOUBT, Reason
from agent.schema import Classification, FailureClass


def classify(reasons: Sequence[Reason]) -> Classification:
    """Return the class with the greatest share of all weight, doubt included.

    When no class reaches the share that convinces, the reasons are kept, so that a reader sees what was known.
    """
    totals: dict[FailureClass, float] = {}
    for reason in reasons:
        totals[reason.kind] = totals.get(reason.kind, 0.0) + reason.weight
    ranked = sorted(totals.items(), key=lambda item: (-item[1], item[0].value))
    kind, weight = ranked[0] if ranked else (FailureClass.NOT_ENOUGH_EVIDENCE, 0.0)
    share = weight / (sum(totals.values()) + DOUBT)
    if share >= CONVINCING:
        return _told(kind, share, [reason for reason in reasons if reason.kind is kind])
    closest = (
        f"closest is {kind.value.replace('_', ' ')} with {share:.0%} of the weight" if ranked else "nothing is known"
    )
    found = _told(FailureClass.NOT_ENOUGH_EVIDENCE, share, list(reasons))
    return found.model_copy(update={"reasons": (closest, *found.reasons)})


def _told(kind: FailureClass, share: float, reasons: list[Reason]) -> Classification:
    reasons.sort(key=lambda reason: -reason.weight)
    return Classification(
        kind=kind,
        confidence=round(share, 3),
        reasons=tuple(reason.text for reason in reasons),
        evidence=tuple(dict.fromkeys(ref for reason in reasons for ref in reason.evidence if ref)),
    )
