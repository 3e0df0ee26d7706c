"""Time budgets, as the team agreed on them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def within(seconds: float, what: str) -> Iterator[None]:
    """Fail if something takes longer than its budget."""
    start = time.monotonic()
    yield
    took = time.monotonic() - start
    assert took <= seconds, f"{what} took {took:.2f} s, its budget is {seconds:g} s"


def typical(durations: list[float]) -> float:
    """Return the median."""
    return sorted(durations)[len(durations) // 2]


def worst(durations: list[float]) -> float:
    """Return the 90th percentile."""
    return sorted(durations)[int(len(durations) * 0.9)]
