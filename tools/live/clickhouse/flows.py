"""From the rows of flows.sql to calls, links, time added per request, and what is odd about the traces."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from tools.live.clickhouse.source import Row
from tools.sources.rows import Trials, Two
from tools.store.aggregate import trials_of
from tools.window import Scope

Parts = dict[tuple[int, int], int]
"""(role, bucket) → how many."""


@dataclass(slots=True)
class Checks:
    """What is odd about the traces, in numbers of spans."""

    spans: int = 0
    copies: int = 0
    orphans: int = 0
    skewed: int = 0


@dataclass(slots=True)
class Flows:
    """What requests did, by entry operation."""

    parts: dict[tuple[str, int, int, int], Parts] = field(default_factory=dict)
    """(tag, entry, x, y) → counts."""
    spent: dict[str, dict[tuple[int, int, int], dict[int, tuple[int, int]]]] = field(
        default_factory=lambda: {"own": defaultdict(dict), "edge": defaultdict(dict)}
    )
    """tag → (operation, callee, leaf) → entry → ns in the baseline and in the incident."""
    checks: Checks = field(default_factory=Checks)

    def calls(self, scope: Scope) -> Iterator[tuple[int, int, int, Two[Trials]]]:
        """Yield entry, caller and callee operation, caller spans, and those that make the call at least once."""
        for (tag, entry, caller, callee), made in self.parts.items():
            if tag == "call":
                yield entry, caller, callee, trials_of(self.parts["ran", entry, caller, 0], made, scope)

    def rarity(self) -> list[tuple[int, int]]:
        """Return caller and callee operation of every call, those that fewest spans make first."""
        made: dict[tuple[int, int], int] = defaultdict(int)
        for (tag, _, caller, callee), parts in self.parts.items():
            if tag == "call":
                made[caller, callee] += sum(parts.values())
        return sorted(made, key=lambda pair: (made[pair], pair[1]))

    def links(self) -> Iterator[tuple[int, int, int]]:
        """Yield caller, callee and how many calls."""
        for (tag, _, caller, callee), made in self.parts.items():
            if tag == "link":
                yield caller, callee, sum(made.values())

    def excess(self, tag: str, subject: tuple[int, int, int], requests: Mapping[int, tuple[int, int]]) -> float:
        """Return the mean time per incident request beyond what baseline requests of the same entry took, ns."""
        total = sum(after for before, after in requests.values() if before and after)
        added = 0.0
        for entry, (ns0, ns1) in self.spent[tag].get(subject, {}).items():
            before, after = requests.get(entry, (0, 0))
            if before and after:
                added += ns1 - ns0 * after / before
        return added / total if total else 0.0


def read_flows(rows: Iterable[Row]) -> Flows:
    """Read the answer to flows.sql."""
    flows = Flows()
    for tag, entry, x, y, z, parts, ns0, ns1 in rows:
        if tag in flows.spent:
            flows.spent[tag][x, y, z][entry] = (ns0, ns1)
        elif tag == "copy":
            flows.checks.copies += ns0 + ns1
        elif tag == "skew":
            flows.checks.skewed += ns0 + ns1
        else:
            flows.parts[tag, entry, x, y] = {(role, bucket): n for role, bucket, n in parts}
        if tag == "ran":
            flows.checks.spans += sum(n for _, _, n in parts)
            flows.checks.orphans += ns0 + ns1
    return flows


def read_given(rows: Iterable[Row], scope: Scope) -> Iterator[tuple[int, int, int, int, Two[Trials]]]:
    """Yield entry, caller, callee, given call, caller spans and those that make the call, from given.sql."""
    counts = {
        (entry, caller, given, callee): {(role, bucket): n for role, bucket, n in parts}
        for entry, caller, given, callee, parts in rows
    }
    for (entry, caller, given, callee), made in counts.items():
        if callee:
            yield entry, caller, callee, given, trials_of(counts[entry, caller, given, 0], made, scope)
