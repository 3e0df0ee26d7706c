"""Search: rank postmortems by words and by meaning, fuse, boost, and say what matched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from knowledge.index import Chunk, DenseIndex, LexicalIndex
from knowledge.postmortem import Postmortem, Status
from knowledge.postmortem.sections import HEADINGS, NOTES
from knowledge.retrieval.boosts import Boost, Boosts
from knowledge.retrieval.fuse import fuse
from knowledge.retrieval.match import Found, Match, Query
from knowledge.retrieval.strength import MIN_STRENGTH, coverage, signs, strength
from tools.faults import FaultKind

Method = Literal["bm25", "dense", "fused", "boosted"]
"""How to rank: by words, by meaning, by both, or by both and what else is known."""
METHODS: tuple[Method, ...] = ("bm25", "dense", "fused", "boosted")
_CHUNKS = 100
"""Chunks taken from each ranking: about thirty postmortems, far more than are shown."""

Ranking = dict[str, tuple[float, Chunk]]
"""Postmortem id → score and chunk that fits best, best first."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A postmortem that any ranking holds, with its best chunk by words and by meaning."""

    postmortem: Postmortem
    score: float
    by_words: tuple[float, Chunk] | None
    by_meaning: tuple[float, Chunk] | None
    rarity: float

    @property
    def similarity(self) -> float:
        """Return the cosine of the nearest chunk, 0 when none is near."""
        return self.by_meaning[0] if self.by_meaning else 0.0

    @property
    def coverage(self) -> float:
        """Return how much of the query the best chunk covers."""
        return coverage(self.by_words[0] if self.by_words else 0.0, self.rarity)


def same_pattern(first: Postmortem, second: Postmortem) -> bool:
    """Tell whether two postmortems are of one recurring pattern: then neither weakens the other."""
    known = first.fault_kind is not FaultKind.UNKNOWN and bool(first.services)
    return known and first.fault_kind is second.fault_kind and first.services[:1] == second.services[:1]


class Searcher:
    """Search over one state of the knowledge base."""

    def __init__(
        self,
        postmortems: dict[str, Postmortem],
        chunks: list[Chunk],
        lexical: LexicalIndex | None,
        dense: DenseIndex | None,
        half_life_days: float,
    ) -> None:
        self._postmortems = postmortems
        self._chunks = chunks
        self._by_id = {chunk.id: chunk for chunk in chunks}
        self._lexical = lexical
        self._dense = dense
        self._boosts = Boosts(list(postmortems.values()), half_life_days)

    def search(self, query: Query, limit: int = 5, method: Method = "boosted") -> Found:
        """Return the best matches, parted at the threshold."""
        by_words = self._by_words(query) if method != "dense" else {}
        by_meaning = self._by_meaning(query) if method != "bm25" else {}
        scores = fuse([ranking for ranking in (list(by_words), list(by_meaning)) if ranking])
        boosts = {key: self._boosts.of(self._postmortems[key], query) for key in scores} if method == "boosted" else {}
        final = {key: score * (1 + sum(b.factor for b in boosts.get(key, []))) for key, score in scores.items()}
        order = sorted(final, key=lambda key: (-final[key], key))
        rarities = self._lexical.weights(query.text) if self._lexical else {}
        candidates = [
            Candidate(
                self._postmortems[key], final[key], by_words.get(key), by_meaning.get(key), sum(rarities.values())
            )
            for key in order
        ]
        matches = [
            self._match(query, candidate, candidates[place + 1 :], rarities, boosts.get(order[place], []))
            for place, candidate in enumerate(candidates[:limit])
        ]
        return Found(
            matches=tuple(match for match in matches if match.strength >= MIN_STRENGTH),
            weaker=tuple(match for match in matches if match.strength < MIN_STRENGTH),
        )

    def _by_words(self, query: Query) -> Ranking:
        if self._lexical is None:
            return {}
        scores = self._lexical.scores(query.text)
        hidden = sum(chunk.postmortem_id in query.without for chunk in self._chunks) if query.without else 0
        count = min(len(scores), _CHUNKS + hidden)
        top = np.argpartition(-scores, count - 1)[:count]
        ordered = sorted((int(i) for i in top if scores[i] > 0), key=lambda i: (-float(scores[i]), i))
        return self._per_postmortem(query, [(float(scores[i]), self._chunks[i]) for i in ordered])

    def _by_meaning(self, query: Query) -> Ranking:
        if self._dense is None:
            return {}
        hits = self._dense.search(query.text, _CHUNKS)
        return self._per_postmortem(
            query, [(hit.similarity, self._by_id[hit.chunk_id]) for hit in hits if hit.chunk_id in self._by_id]
        )

    def _per_postmortem(self, query: Query, ordered: list[tuple[float, Chunk]]) -> Ranking:
        ranking: Ranking = {}
        for score, chunk in ordered:
            postmortem = self._postmortems[chunk.postmortem_id]
            allowed = postmortem.status is Status.CONFIRMED or not query.confirmed_only
            if allowed and postmortem.id not in query.without:
                ranking.setdefault(postmortem.id, (score, chunk))
        return ranking

    def _match(
        self,
        query: Query,
        candidate: Candidate,
        following: list[Candidate],
        rarities: dict[str, float],
        boosts: list[Boost],
    ) -> Match:
        others = [other for other in following if not same_pattern(candidate.postmortem, other.postmortem)]
        found = signs(candidate.similarity, candidate.coverage, [(o.similarity, o.coverage) for o in others])
        words = self._common_words(query, candidate.by_words[1], rarities) if candidate.by_words else ()
        best = candidate.by_meaning or candidate.by_words
        section = HEADINGS.get(best[1].section, NOTES).lower() if best else ""
        reasons = [f"{section} similar ({candidate.similarity:.2f})"] if candidate.by_meaning else []
        reasons += [f"words {', '.join(words[:6])}"] if words else []
        return Match(
            postmortem=candidate.postmortem,
            score=candidate.score,
            strength=strength(found),
            signs=found,
            section=section,
            words=words,
            reasons=(*reasons, *(boost.reason for boost in boosts if boost.reason)),
        )

    def _common_words(self, query: Query, chunk: Chunk, rarities: dict[str, float]) -> tuple[str, ...]:
        if self._lexical is None:
            return ()
        common = self._lexical.common(query.text, chunk.text)
        return tuple(sorted(common, key=lambda word: (-rarities.get(common[word], 0.0), word)))
