"""How long an investigation may wait for live backends in all."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock


class Budget:
    """Seconds of waiting. Only time in which at least one request is under way counts, and once only.

    A report can be delayed by backends for no longer than this, however many are asked at once; a
    person who thinks between two questions spends nothing.

    Args:
        seconds: the whole budget.
        clock: monotonic seconds, for tests.
    """

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.seconds = seconds
        self._clock = clock
        self._lock = Lock()
        self._spent = 0.0
        self._waiting = 0
        self._since = 0.0

    def remaining(self) -> float:
        """Return the seconds that are left, 0 when it is spent."""
        with self._lock:
            running = self._clock() - self._since if self._waiting else 0.0
            return max(self.seconds - self._spent - running, 0.0)

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Spend the time in which this block runs."""
        with self._lock:
            if not self._waiting:
                self._since = self._clock()
            self._waiting += 1
        try:
            yield
        finally:
            with self._lock:
                self._waiting -= 1
                if not self._waiting:
                    self._spent += self._clock() - self._since
