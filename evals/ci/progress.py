"""Progress on standard error: one line that is overwritten, and nothing unless it is a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def reporting() -> Iterator[Callable[[str], None]]:
    """Yield a function that shows what is being done."""
    shown = sys.stderr.isatty()

    def tell(step: str) -> None:
        if shown:
            print(f"\r{step:<78.78}", end="", file=sys.stderr, flush=True)

    yield tell
    if shown:
        print(f"\r{'':<78}\r", end="", file=sys.stderr, flush=True)
