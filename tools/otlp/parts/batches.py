"""Collect rows and hand them to the part store in batches, so that memory stays bounded."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from tools.otlp.decode.rows import Row
from tools.otlp.parts.part_store import PartStore
from tools.otlp.parts.tables import table_of

ROWS = 100_000
"""Rows a batch; part of what a batch's name stands for, so a change makes old names meaningless."""


class Batches:
    """The rows of one origin, such as a spool segment or an imported file, on their way into parts.

    Batches are named after the origin and numbered. The same rows in the same order give the same batches,
    so an origin that was added halfway can be added again.

    Args:
        parts: where they go.
        origin: unique name of where the rows come from.
    """

    def __init__(self, parts: PartStore, origin: str) -> None:
        self._parts = parts
        self._origin = origin
        self._rows: dict[str, list[Row]] = defaultdict(list)
        self._numbers: Counter[str] = Counter()
        self.added: Counter[str] = Counter()
        """Rows added by signal; rows that were there already do not count."""

    def extend(self, signal: str, rows: Iterable[Row]) -> None:
        """Take rows of a signal.

        Raises:
            CollectorError: the disk refuses.
        """
        pending = self._rows[signal]
        for row in rows:
            pending.append(row)
            if len(pending) >= ROWS:
                self._flush(signal)

    def finish(self) -> None:
        """Add what is left.

        Raises:
            CollectorError: the disk refuses.
        """
        for signal in list(self._rows):
            self._flush(signal)

    def _flush(self, signal: str) -> None:
        rows = self._rows[signal]
        if rows:
            name = f"{self._origin}/{self._numbers[signal]}"
            self.added[signal] += self._parts.add(signal, name, table_of(signal, rows))
            self._numbers[signal] += 1
            rows.clear()
