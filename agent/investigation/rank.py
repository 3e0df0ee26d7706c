"""Rank: settle order and confidence once the chains are tested."""

from __future__ import annotations

from agent.investigation.state import Context, State, dump, hypotheses_of
from agent.schema import Hypothesis

LATER_THAN_EFFECT = 0.5
"""Factor on the confidence of a cause that begins after what it is said to cause: onsets are dated to a
bucket, so the test can be wrong, but not more often than right."""


def rank(state: State, context: Context) -> State:
    """Order by confidence after verification."""
    return {"hypotheses": dump(settle(hypotheses_of(state)))}


def settle(hypotheses: list[Hypothesis]) -> list[Hypothesis]:
    """Return hypotheses in their final order; a broken first link halves the confidence."""
    weighed = [h.model_copy(update={"confidence": h.confidence * chain_factor(h)}) for h in hypotheses]
    ordered = sorted(weighed, key=lambda h: (bool(h.rejected), -h.confidence, h.component))
    return [h.model_copy(update={"rank": rank}) for rank, h in enumerate(ordered, 1)]


def chain_factor(hypothesis: Hypothesis) -> float:
    """Return the factor for a chain whose first effect begins before its cause, else 1."""
    first = hypothesis.chain[1] if len(hypothesis.chain) > 1 else None
    later = first is not None and not first.verified and "before" in first.reason
    return LATER_THAN_EFFECT if later else 1.0
