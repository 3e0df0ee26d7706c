"""What all log backends have in common: from counts per masked line and time bucket to `MaskedLines`."""

from __future__ import annotations

from abc import abstractmethod
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import httpx
import numpy as np

from tools.live.opening import Opening
from tools.live.source import HttpSource
from tools.sources.masks import EXAMPLE_LIMIT, masked
from tools.sources.rows import LogRow, MaskedLines, Two
from tools.window import Scope, TimeWindow


@dataclass(frozen=True, slots=True)
class Counted:
    """How often a masked line of a service was written in one stretch of time.

    `at_ns` is when the stretch begins, or any moment in its first half; `first_ns` the first such line, 0 when
    only the stretch is known.
    """

    service: str
    severity: str
    masked: str
    at_ns: int
    n: float
    example: str = ""
    trace_id: str = ""
    first_ns: int = 0


class CountedLogs(HttpSource):
    """Log lines, counted by the backend. A subclass says how it is asked.

    Which operation wrote a line is not known: no backend joins lines with spans.
    """

    def __init__(self, opening: Opening, transport: httpx.AsyncBaseTransport | None = None) -> None:
        super().__init__(opening, transport)
        self._originals = {ours: theirs for theirs, ours in opening.settings.services.items()}

    @abstractmethod
    def count(self, scope: Scope, window: TimeWindow) -> Iterable[Counted]:
        """Return counts per masked line and bucket of one window, at the scope's bucket width.

        Raises:
            SourceError: the backend does not answer.
        """

    @abstractmethod
    def find(self, window: TimeWindow, service: str, text: str, limit: int) -> list[LogRow]:
        """Return lines of a service (empty: any), as the backend calls it, that contain a text (empty: any)."""

    def original(self, service: str) -> str:
        """Return what the backend calls a service, given its name in reports."""
        return self._originals.get(service, service)

    def lines(self, scope: Scope) -> list[MaskedLines]:
        """Return counts per service and masked line."""
        return self.once.get(("lines", scope), lambda: self._lines(scope))

    def search(self, window: TimeWindow, service: str, text: str, limit: int) -> list[LogRow]:
        """Return lines of a service (empty: any) that contain a text (empty: any), oldest first."""
        with self.understood():
            found = self.find(window, self.original(service) if service else "", text, limit)
        self._reader.count_rows(len(found))
        return sorted(found, key=lambda row: row.time_ns)[:limit]

    def _lines(self, scope: Scope) -> list[MaskedLines]:
        groups: dict[tuple[str, str, str], list[tuple[int, Counted]]] = defaultdict(list)
        for role, window in ((1, scope.incident), *((0, window) for window in scope.baseline)):
            with self.understood():
                for item in self.count(scope, window):
                    key = (self.renamed(item.service), item.severity.upper(), item.masked)
                    groups[key].append((role, item))
        self._reader.count_rows(sum(len(group) for group in groups.values()))
        return [_lines_of(key, items, scope) for key, items in sorted(groups.items())]


def _lines_of(key: tuple[str, str, str], items: list[tuple[int, Counted]], scope: Scope) -> MaskedLines:
    sides: list[dict[int, float]] = [defaultdict(float), defaultdict(float)]
    for role, item in items:
        sides[role][_bucket(item.at_ns, scope)] += item.n
    counts = [np.array([side[bucket] for bucket in sorted(side)], np.float64) for side in sides]
    starts = [np.array(sorted(side), np.int64) * scope.bucket_ns + scope.incident.start_ns for side in sides]
    now = [item for role, item in items if role == 1] or [item for _, item in items]
    shown = min(now, key=lambda item: (not item.example, item.first_ns or item.at_ns))
    first = min((item.first_ns or item.at_ns for role, item in items if role == 1), default=0)
    service, severity, text = key
    return MaskedLines(
        service=service,
        operation="",
        severity=severity,
        masked=text,
        example=(shown.example or text)[:EXAMPLE_LIMIT],
        trace_id=shown.trace_id,
        n=Two(*(round(float(side.sum())) for side in counts)),
        first_ns=first,
        times=Two(*starts),
        counts=Two(*counts),
    )


def _bucket(at_ns: int, scope: Scope) -> int:
    """Return the bucket that begins nearest to a moment: backends may align buckets to their own clock."""
    return (at_ns - scope.incident.start_ns + scope.bucket_ns // 2) // scope.bucket_ns


def estimated(total: float, at_ns: int, lines: Sequence[LogRow]) -> Iterable[Counted]:
    """Yield counts per masked line of one stretch, from how many lines it has and a sample of them."""
    for row in lines:
        yield Counted(
            row.service, row.severity, masked(row.body), at_ns, total / len(lines), row.body, row.trace_id, row.time_ns
        )
