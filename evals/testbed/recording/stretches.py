"""The stretches of a recording: time that passes while something else goes on, with progress."""

from __future__ import annotations

import time
from collections.abc import Callable

Tell = Callable[[str, float], None]
"""Told what is going on, and the fraction that is done."""
TICK_SECONDS = 0.25


class Stretches:
    """Lets time pass and says how far it is.

    Args:
        total: seconds of all stretches together.
        tell: told about it.
    """

    def __init__(self, total: float, tell: Tell) -> None:
        self._total = total
        self._tell = tell
        self._passed = 0.0

    def pass_by(self, seconds: float, what: str, tick: Callable[[], None] | None = None) -> None:
        """Let one stretch pass; `tick` is called a few times a second."""
        start = time.monotonic()
        while (passed := time.monotonic() - start) < seconds:
            self._tell(what, (self._passed + passed) / self._total)
            if tick is not None:
                tick()
            time.sleep(min(TICK_SECONDS, seconds - passed))
        self._passed += seconds
