"""Progress of an evaluation on standard error, one line that is overwritten."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from evals.rca.rows import Answer


@contextmanager
def reporting() -> Iterator[Callable[[Answer, int], None]]:
    """Yield a function that tells of every answer; silent unless standard error is a terminal."""
    done = 0
    shown = sys.stderr.isatty()

    def tell(answer: Answer, total: int) -> None:
        nonlocal done
        done += 1
        if shown:
            print(f"\r{done}/{total} {answer.method} {answer.id:<40.40}", end="", file=sys.stderr, flush=True)

    yield tell
    if shown:
        print(f"\r{'':<78}\r", end="", file=sys.stderr, flush=True)
