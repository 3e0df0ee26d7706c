"""Progress of embedding, on standard error."""

from __future__ import annotations

import sys

_WORTH_TELLING = 20
"""Chunks: fewer are embedded before anybody has read a message."""


def tell_embedding(done: int, total: int) -> None:
    """Tell how many new chunks have a vector."""
    if total < _WORTH_TELLING:
        return
    live = sys.stderr.isatty()
    if live or done == total:
        print(f"embedded {done} of {total} new chunks", end="\r" if live and done < total else "\n", file=sys.stderr)
