"""Possible duplicates: pairs of postmortems that say the same in nearly the same words."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from dataclasses import dataclass

from knowledge.postmortem import Postmortem, Status

LIKELY = 0.5
"""Weighted overlap from which a person should look: two drafts of one incident reach it, two incidents
of one service seldom do."""
ONE_INCIDENT_DAYS = 3
"""Days between the dates that two reports of one incident may bear: over a weekend one tells the start, one the end."""
_COMMON = 0.2
"""Words in more than this share of all postmortems (and in more than ten) tell nothing."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two postmortems and how much of their rare words they share, 0 to 1."""

    first: Postmortem
    second: Postmortem
    overlap: float

    @property
    def days_apart(self) -> int | None:
        """Return the days between both incidents, None when one has no date."""
        if self.first.date is None or self.second.date is None:
            return None
        return abs((self.first.date - self.second.date).days)

    @property
    def recurs(self) -> bool:
        """Tell whether these are rather two incidents of one pattern than two reports of one incident."""
        return self.days_apart is not None and self.days_apart > ONE_INCIDENT_DAYS

    @property
    def linked(self) -> bool:
        """Tell whether the files already say that one recurs from the other."""
        return self.second.id in self.first.recurs_from or self.first.id in self.second.recurs_from


def find_duplicates(postmortems: list[Postmortem], likely: float = LIKELY) -> list[Pair]:
    """Return pairs that are probably about the same incident, likeliest first. Superseded ones do not count.

    The overlap is a weighted Jaccard index: rarity of the words in common over rarity of all words.
    """
    current = [postmortem for postmortem in postmortems if postmortem.status is not Status.SUPERSEDED]
    words = [_words(postmortem) for postmortem in current]
    frequency = Counter(word for found in words for word in found)
    limit = max(10, round(_COMMON * len(current)))
    rarity = {word: math.log(1 + len(current) / count) for word, count in frequency.items() if count <= limit}
    totals = [sum(rarity.get(word, 0.0) for word in found) for found in words]
    holders: dict[str, list[int]] = defaultdict(list)
    for index, found in enumerate(words):
        for word in found & rarity.keys():
            holders[word].append(index)
    common: Counter[tuple[int, int]] = Counter()
    weights: dict[tuple[int, int], float] = defaultdict(float)
    for word, indexes in holders.items():
        for position, a in enumerate(indexes):
            for b in indexes[position + 1 :]:
                common[a, b] += 1
                weights[a, b] += rarity[word]
    pairs = [
        Pair(current[a], current[b], weight / (totals[a] + totals[b] - weight))
        for (a, b), weight in weights.items()
        if weight >= likely * (totals[a] + totals[b] - weight)
    ]
    return sorted(pairs, key=lambda pair: (-pair.overlap, pair.first.id, pair.second.id))


def _words(postmortem: Postmortem) -> set[str]:
    text = f"{postmortem.title} {postmortem.symptoms} {postmortem.root_cause}"
    return set(re.findall(r"[^\W_]{3,}", text.casefold()))
