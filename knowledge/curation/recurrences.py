"""Patterns that come back: the same service with the same fault kind, and whether the earlier fix held."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise

from knowledge.postmortem import Postmortem, Status
from tools.faults import FaultKind


@dataclass(frozen=True, slots=True)
class Recurrence:
    """One pattern.

    Args:
        service: the service at fault.
        fault_kind: what it was each time.
        ids: postmortems, oldest first.
        first: day of the oldest.
        last: day of the latest.
        shortest_days: shortest time between two of them: the fix after the earlier one did not hold longer.
        quiet_days: days since the latest.
        fix: the latest resolution.
    """

    service: str
    fault_kind: FaultKind
    ids: tuple[str, ...]
    first: dt.date
    last: dt.date
    shortest_days: int
    quiet_days: int
    fix: str

    @property
    def holds(self) -> bool:
        """Tell whether the latest fix has held for longer than any before it."""
        gaps = self.shortest_days if len(self.ids) > 1 else 0
        return self.quiet_days > gaps


def find_recurrences(postmortems: list[Postmortem], today: dt.date, least: int = 2) -> list[Recurrence]:
    """Return patterns of at least `least` confirmed postmortems, most frequent first, then latest.

    Only dated ones with a fault kind count. The first service is the one at fault.
    """
    groups: dict[tuple[str, FaultKind], list[tuple[dt.date, Postmortem]]] = defaultdict(list)
    for postmortem in postmortems:
        known = postmortem.status is Status.CONFIRMED and postmortem.fault_kind is not FaultKind.UNKNOWN
        if known and postmortem.date and postmortem.services:
            groups[postmortem.services[0], postmortem.fault_kind].append((postmortem.date, postmortem))
    found = [_pattern(*key, members, today) for key, members in groups.items() if len(members) >= least]
    return sorted(found, key=lambda item: (-len(item.ids), -item.last.toordinal(), item.service))


def _pattern(service: str, kind: FaultKind, members: list[tuple[dt.date, Postmortem]], today: dt.date) -> Recurrence:
    ordered = sorted(members, key=lambda member: (member[0], member[1].id))
    days = [day for day, _ in ordered]
    gaps = [(later - earlier).days for earlier, later in pairwise(days)]
    return Recurrence(
        service=service,
        fault_kind=kind,
        ids=tuple(postmortem.id for _, postmortem in ordered),
        first=days[0],
        last=days[-1],
        shortest_days=min(gaps, default=0),
        quiet_days=max(0, (today - days[-1]).days),
        fix=ordered[-1][1].resolution,
    )
