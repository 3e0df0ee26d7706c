"""Keep the garbage collector from stopping the screen.

Python's collector goes through everything that is alive from time to time: with ten thousand findings that takes a
third of a second, whatever is being done just then. What is alive for long is set aside instead, which costs nothing.
"""

from __future__ import annotations

import gc

YOUNG = 20_000
"""Objects made before those made last are gone through, which takes a few milliseconds."""
_BEFORE = gc.get_threshold()


def set_aside() -> None:
    """Leave everything that is alive by now out of all later collections."""
    gc.set_threshold(YOUNG, 20, 50)
    gc.freeze()


def take_back() -> None:
    """Let the collector work as before."""
    gc.set_threshold(*_BEFORE)
    gc.unfreeze()
