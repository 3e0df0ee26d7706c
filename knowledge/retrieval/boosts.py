"""What is known beside the text: services, dependencies, fault kind, age, proven usefulness.

Boosts multiply the fused score, so they order what the text found and never bring up what it did not.
One rank is worth about 5 percent near the top; the weights say how many ranks a boost may move.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections import Counter
from dataclasses import dataclass

from knowledge.postmortem import Postmortem
from knowledge.retrieval.match import Query

SERVICE = 0.30
"""A rare service of the incident's topology is one of the postmortem's services."""
MENTION = 0.02
"""A rare service or dependency is named in the query's text: the words themselves have counted already
(measured: 0.10 costs 17 points of MRR in a thousand where wording overlaps and gains 2 where it does not)."""
DEPENDENCY = 0.10
"""A rare dependency of the incident is one of the postmortem's."""
KIND = 0.10
"""The likeliest fault kind is the postmortem's; half of it for a kind of the same family."""
FRESH = 0.05
"""The postmortem is of today; halves with every half-life."""
USEFUL = 0.10
"""It has often proved useful: u / (u + 1) of the weight for u confirmed uses."""


@dataclass(frozen=True, slots=True)
class Boost:
    """A factor to add to one, and the reason for people."""

    factor: float
    reason: str


class Boosts:
    """Boosts for one set of postmortems; knows how rare each name is among them."""

    def __init__(self, postmortems: list[Postmortem], half_life_days: float) -> None:
        self._half_life = half_life_days
        self._count = max(2, len(postmortems))
        self._frequency = Counter(name for pm in postmortems for name in {*map(plain, pm.services + pm.dependencies)})

    def of(self, postmortem: Postmortem, query: Query) -> list[Boost]:
        """Return what speaks for a postmortem beside its text."""
        found = [
            self._overlap(SERVICE, "same service", postmortem.services, query.services),
            self._overlap(DEPENDENCY, "same dependency", postmortem.dependencies, query.dependencies),
            self._mention(postmortem, query),
            _kind(postmortem, query),
            self._fresh(postmortem, query.today),
            _useful(postmortem),
        ]
        return [boost for boost in found if boost is not None and boost.factor > 0]

    def _overlap(self, weight: float, reason: str, have: tuple[str, ...], near: frozenset[str]) -> Boost | None:
        wanted = {plain(name) for name in near}
        common = [name for name in have if plain(name) in wanted]
        if not common:
            return None
        return Boost(weight * max(self._rarity(name) for name in common), f"{reason} {', '.join(common)}")

    def _mention(self, postmortem: Postmortem, query: Query) -> Boost | None:
        near = {plain(name) for name in query.services | query.dependencies}
        text = f" {plain(query.text)} "
        names = [
            name
            for name in postmortem.services + postmortem.dependencies
            if len(plain(name)) > 2 and plain(name) not in near and f" {plain(name)} " in text
        ]
        if not names:
            return None
        return Boost(MENTION * max(self._rarity(name) for name in names), f"names {', '.join(names)}")

    def _rarity(self, name: str) -> float:
        """Return 1 for a name that one postmortem has, 0 for one that all have."""
        return math.log(self._count / max(1, self._frequency[plain(name)])) / math.log(self._count)

    def _fresh(self, postmortem: Postmortem, today: dt.date | None) -> Boost | None:
        if today is None or postmortem.date is None:
            return None
        days = max(0, (today - postmortem.date).days)
        share = 0.5 ** (days / self._half_life)
        return Boost(FRESH * share, f"{days} days ago" if share > 0.25 else "")


def _kind(postmortem: Postmortem, query: Query) -> Boost | None:
    kind = postmortem.fault_kind
    if kind.family is None or not query.fault_kinds:
        return None
    if kind in query.fault_kinds:
        return Boost(KIND / (1 + query.fault_kinds.index(kind)), f"same fault kind {kind.value}")
    families = [other.family for other in query.fault_kinds]
    if kind.family in families:
        return Boost(KIND / 2 / (1 + families.index(kind.family)), f"same fault family {kind.family.value}")
    return None


def _useful(postmortem: Postmortem) -> Boost | None:
    uses = postmortem.usefulness
    return Boost(USEFUL * uses / (uses + 1), f"{uses} times useful") if uses else None


def plain(name: str) -> str:
    """Return a name in lower case with single blanks for everything that is no letter or digit."""
    return " ".join(re.findall(r"[^\W_]+", name.casefold()))
