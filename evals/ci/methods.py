"""Simple ways to cut a log short, to compare with."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from evals.ci.score import Range

Method = Callable[[list[str]], list[Range]]
RANDOM_LINES = 30
_KEYWORDS = re.compile(r"error|fail|exception|fatal|panic|abort|cannot|could not|not found|undefined", re.IGNORECASE)


def tail(lines: int) -> Method:
    """Return the last lines."""
    return lambda log: [(max(1, len(log) - lines + 1), len(log))]


def keyword_grep(log: list[str]) -> list[Range]:
    """Return every line that has a word of failure."""
    return [(number, number) for number, line in enumerate(log, 1) if _KEYWORDS.search(line)]


def random_window(log: list[str]) -> list[Range]:
    """Return thirty lines in a row anywhere, the same for the same log."""
    first = random.Random(len(log)).randint(1, max(1, len(log) - RANDOM_LINES + 1))
    return [(first, min(first + RANDOM_LINES - 1, len(log)))]


BASELINES: dict[str, Method] = {
    "tail-50": tail(50),
    "tail-200": tail(200),
    "keyword-grep": keyword_grep,
    "random-30": random_window,
}
