"""The routine of a living system: harmless changes that happen whether or not something breaks."""

from __future__ import annotations

import random
import time

from evals.testbed.faults.steps import Configure
from evals.testbed.system.testbed import DemoSystem

CHANGES = (
    Configure("cart", lambda _: {"keep_seconds": 7200}, "keep_seconds: 3600 -> {keep_seconds}", "a.okafor"),
    Configure("shipping", lambda _: {"per_kilogram_cents": 62}, "per_kilogram_cents: 60 -> 62", "l.brandt"),
    Configure("notification", lambda _: {"sender": "hello@shop.example"}, "sender: orders@ -> hello@", "r.silva"),
    Configure("inventory", lambda _: {"safety_stock": 8}, "safety_stock: 5 -> {safety_stock}", "m.kaya"),
    Configure("payment", lambda _: {"review_above": 200_000}, "review_above: 150000 -> {review_above}", "j.meyer"),
)
"""Settings that change nothing anyone could notice; rolled out for real."""


class Routine:
    """Rolls out one or two harmless changes at random moments of a recording.

    Args:
        testbed: the system.
        rng: chooses what and when.
        seconds: length of the recording.
    """

    def __init__(self, testbed: DemoSystem, rng: random.Random, seconds: float) -> None:
        self._testbed = testbed
        self._done: list[Configure] = []
        chosen = rng.sample(CHANGES, rng.choice((1, 2)))
        start = time.monotonic()
        self._due = sorted(
            ((start + rng.uniform(0.1, 0.9) * seconds, change) for change in chosen), key=lambda one: one[0]
        )

    def step(self) -> None:
        """Do what is due."""
        while self._due and time.monotonic() >= self._due[0][0]:
            _, change = self._due.pop(0)
            change.apply(self._testbed, 1.0)
            self._done.append(change)

    def undo(self) -> None:
        """Take back what was rolled out, so that it can be rolled out anew in the next recording."""
        while self._done:
            self._done.pop().undo(self._testbed)
