"""When the shop's processes hand over their telemetry."""

from __future__ import annotations

import itertools

from evals.testbed.shop.runtime.telemetry import EXPORT_MS, SPREAD, pace

SENDERS = [f"{name}-{n} {signal}" for name in ("cart", "payment") for n in (1, 2) for signal in ("traces", "logs")]


def test_every_sender_keeps_to_a_pace_of_its_own() -> None:
    paces = [pace(sender) for sender in SENDERS]
    assert paces == [pace(sender) for sender in SENDERS], "the same in every process"
    assert all(abs(one - EXPORT_MS) <= EXPORT_MS * SPREAD / 2 for one in paces)
    assert min(abs(a - b) for a, b in itertools.combinations(paces, 2)) > 0


def test_senders_that_start_together_part() -> None:
    """After a minute the exports of eight senders are not at the same moment any more."""
    last = sorted(60_000 // pace(sender) * pace(sender) for sender in SENDERS)
    assert last[-1] - last[0] > 100
