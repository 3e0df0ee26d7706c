"""Rank: settle order and confidence once the chains are tested."""

from __future__ import annotations

from agent.investigation.state import Context, State, dump, hypotheses_of
from agent.schema import Hypothesis


def rank(state: State, context: Context) -> State:
    """Order by confidence after verification."""
    return {"hypotheses": dump(settle(hypotheses_of(state)))}


def settle(hypotheses: list[Hypothesis]) -> list[Hypothesis]:
    """Return hypotheses in their final order.

    A chain whose first effect seems to begin before its cause is shown, but costs nothing: onsets are dated to a
    bucket, and on recorded faults the true causes had as many such chains as the false ones.
    """
    ordered = sorted(hypotheses, key=lambda h: (bool(h.rejected), -h.confidence, h.component))
    return [h.model_copy(update={"rank": rank}) for rank, h in enumerate(ordered, 1)]
