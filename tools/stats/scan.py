"""Scan: since when is a rate different?

Responders open the incident window generously, so it often begins with healthy minutes that dilute a change.
A test from the beginning of the window and tests from later moments on are compared, and the price of
having looked several times is paid.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Departure:
    """Where a window is best cut: index of the first bucket that counts, and the effect from there on."""

    start: int
    effect: float


def strongest_since(effects: Sequence[float]) -> Departure:
    """Return the start from which a change is strongest.

    The whole window is looked at in any case. A later start is a second look, of as many as there are
    later starts: its p-value is multiplied by their number (Bonferroni), which takes about 2 ln(k) off a
    squared standard normal.

    Args:
        effects: one standard normal per start, the whole window first; later starts hold fewer buckets.
            NaN where a start leaves too little. At least one.
    """
    best = Departure(0, effects[0] if math.isfinite(effects[0]) else 0.0)
    later = [(index, effect) for index, effect in enumerate(effects) if index and math.isfinite(effect)]
    price = 2.0 * math.log(len(later)) if later else 0.0
    for index, effect in later:
        paid = math.copysign(max(effect * effect - price, 0.0) ** 0.5, effect)
        if abs(paid) > abs(best.effect):
            best = Departure(index, paid)
    return best
