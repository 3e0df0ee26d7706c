"""The clock of the host a process runs on, which may be wrong: it is set while the process runs."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable
from pathlib import Path

POLL_SECONDS = 0.25
NS = 1_000_000_000


class HostClock:
    """Follows a file with the seconds the host's clock is ahead; without the file, or with 0, it is right.

    Everyone in the process who asks Python for the time of day gets the wrong one: logs, spans, metrics, code.
    Durations are not affected, as they are not on a host whose clock is set.

    Args:
        path: the file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._ahead_ns = 0
        self._installed = False

    async def follow(self) -> None:
        """Read the file again and again, until cancelled."""
        while True:
            self.refresh()
            await asyncio.sleep(POLL_SECONDS)

    def refresh(self) -> None:
        """Set the clock as the file says."""
        self._ahead_ns = round(float(self._path.read_text(encoding="ascii")) * NS) if self._path.exists() else 0
        if self._ahead_ns and not self._installed:
            self._install()

    def _install(self) -> None:
        """Put functions that add the difference in the place of the right ones, wherever they are known by name."""
        self._installed = True
        right, right_ns = time.time, time.time_ns
        _replace(right, lambda: right() + self._ahead_ns / NS)
        _replace(right_ns, lambda: right_ns() + self._ahead_ns)


def _replace(old: Callable[[], float], new: Callable[[], float]) -> None:
    for module in list(sys.modules.values()):
        known = getattr(module, "__dict__", {})
        for name in [name for name, value in known.items() if value is old]:
            setattr(module, name, new)
