"""What reading a backend cost."""

from __future__ import annotations

from threading import Lock

from tools.sources.fetched import Fetched


class Meter:
    """Counts requests, answers, bytes and rows; several threads may."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._sum = Fetched()

    def add(self, requests: int = 0, answers: int = 0, received: int = 0, rows: int = 0) -> None:
        """Add to the counts; `received` are bytes."""
        with self._lock:
            was = self._sum
            self._sum = Fetched(was.requests + requests, was.answers + answers, was.bytes + received, was.rows + rows)

    @property
    def sum(self) -> Fetched:
        """Return the counts so far."""
        return self._sum
