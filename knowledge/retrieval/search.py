"""Search: rank postmortems by words and by meaning, fuse, boost, and say what matched."""

from __future__ import annotations

from typing import Literal

import numpy as np

from knowledge.index import Chunk, DenseIndex, LexicalIndex
from knowledge.postmortem import Postmortem, Status
from knowledge.postmortem.sections import HEADINGS, NOTES
from knowledge.retrieval.boosts import Boost, Boosts
from knowledge.retrieval.fuse import fuse
from knowledge.retrieval.match import Found, Match, Query
from knowledge.retrieval.strength import MIN_STRENGTH, coverage, strength

Method = Literal["bm25", "dense", "fused", "boosted"]
"""How to rank: by words, by meaning, by both, or by both and what else is known."""
METHODS: tuple[Method, ...] = ("bm25", "dense", "fused", "boosted")
_CHUNKS = 100
"""Chunks taken from each ranking: about thirty postmortems, far more than are shown."""

Ranking = dict[str, tuple[float, Chunk]]
"""Postmortem id → score and chunk that fits best, best first."""


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
        best = sorted(final, key=lambda key: (-final[key], key))[:limit]
        matches = [
            self._match(key, final[key], query, by_words.get(key), by_meaning.get(key), boosts.get(key, []))
            for key in best
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
        key: str,
        score: float,
        query: Query,
        word_hit: tuple[float, Chunk] | None,
        meaning_hit: tuple[float, Chunk] | None,
        boosts: list[Boost],
    ) -> Match:
        rarities = self._lexical.weights(query.text) if self._lexical else {}
        covered = coverage(word_hit[0] if word_hit else 0.0, sum(rarities.values()))
        similarity = meaning_hit[0] if meaning_hit else None
        best = meaning_hit[1] if meaning_hit else word_hit[1] if word_hit else None
        words = self._common_words(query, word_hit[1], rarities) if word_hit else ()
        section = HEADINGS.get(best.section, NOTES).lower() if best else ""
        reasons = [f"{section} similar ({similarity:.2f})"] if similarity is not None else []
        reasons += [f"words {', '.join(words[:6])}"] if words else []
        return Match(
            postmortem=self._postmortems[key],
            score=score,
            strength=strength(similarity or 0.0, covered),
            similarity=similarity,
            coverage=covered,
            section=section,
            words=words,
            reasons=(*reasons, *(boost.reason for boost in boosts if boost.reason)),
        )

    def _common_words(self, query: Query, chunk: Chunk, rarities: dict[str, float]) -> tuple[str, ...]:
        if self._lexical is None:
            return ()
        common = self._lexical.common(query.text, chunk.text)
        return tuple(sorted(common, key=lambda word: (-rarities.get(common[word], 0.0), word)))
