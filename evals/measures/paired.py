"""Comparison of two methods on the same cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb

from evals.measures.bootstrap import mean_interval


@dataclass(frozen=True, slots=True)
class Paired:
    """B against A over the same cases: mean of each, B - A with its 95 % interval, McNemar's p for right/wrong."""

    n: int
    a: float
    b: float
    interval: tuple[float, float]
    only_a: int
    only_b: int
    p: float

    @property
    def difference(self) -> float:
        """Return how much higher B is."""
        return self.b - self.a


def compare_right(a: Sequence[bool], b: Sequence[bool]) -> Paired | None:
    """Compare which cases two methods get right; None without cases.

    The interval resamples cases, keeping both outcomes of a case together.
    """
    if not a:
        return None
    pairs = list(zip(a, b, strict=True))
    only_a, only_b = sum(x and not y for x, y in pairs), sum(y and not x for x, y in pairs)
    interval = mean_interval([float(y) - float(x) for x, y in pairs]) or (0.0, 0.0)
    return Paired(len(a), sum(a) / len(a), sum(b) / len(b), interval, only_a, only_b, mcnemar(only_a, only_b))


def mcnemar(only_a: int, only_b: int) -> float:
    """Return the exact two-sided p of McNemar's test (McNemar 1947; exact binomial form).

    Args:
        only_a: cases that only the first method got right.
        only_b: cases that only the second got right.
    """
    discordant = only_a + only_b
    tail = sum(comb(discordant, k) for k in range(min(only_a, only_b) + 1))
    return min(1.0, 2.0 * tail / float(2**discordant))
