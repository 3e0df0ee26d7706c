"""Does a match mean anything? A calibrated guess, and the threshold for "nothing similar".

Ranks cannot tell: something is always first. Four signs can, in part: the cosine of the nearest chunk; the
share of the query's rarity (the sum of its words' inverse document frequencies) that the best chunk's BM25
score covers; and by how much both stand above what follows. They are joined by a logistic regression.

The numbers below were fitted with the offline model by `whydown eval kb PATH --fit`, on queries with their
answer there against the same queries with their answer hidden (`evals/kb/README.md` says which and how well
they serve). Another model needs its own.
"""

from __future__ import annotations

import math
from dataclasses import astuple, dataclass

BIAS = -4.25
WEIGHTS = (2.86, 2.67, 9.62, 14.23)
"""Of similarity, coverage, lead in similarity, lead in coverage."""
MIN_STRENGTH = 0.444
BACKGROUND_SIMILARITY = 0.36
BACKGROUND_COVERAGE = 0.12
"""What queries about something foreign to the whole knowledge base reach (median of 20): in a small knowledge
base nothing else may follow, and standing above nothing means nothing."""


@dataclass(frozen=True, slots=True)
class Signs:
    """What speaks for a match.

    Args:
        similarity: cosine of the nearest chunk, -1 to 1.
        coverage: see `coverage`.
        lead_similarity: how far the cosine is above the best that follows.
        lead_coverage: how far the coverage is above the best that follows.
    """

    similarity: float = 0.0
    coverage: float = 0.0
    lead_similarity: float = 0.0
    lead_coverage: float = 0.0


def coverage(lexical: float, rarity: float) -> float:
    """Return how much of a query a chunk covers, comparable between short and long queries.

    Args:
        lexical: BM25 score of the chunk.
        rarity: sum of the inverse document frequencies of the query's words.
    """
    return lexical / rarity if rarity > 0 else 0.0


def signs(similarity: float, covered: float, following: list[tuple[float, float]]) -> Signs:
    """Return the signs of a match.

    Args:
        similarity: cosine of its nearest chunk.
        covered: its coverage.
        following: cosine and coverage of matches ranked below it that are about something else.
    """
    next_similarity = max([BACKGROUND_SIMILARITY, *(pair[0] for pair in following)])
    next_coverage = max([BACKGROUND_COVERAGE, *(pair[1] for pair in following)])
    return Signs(similarity, covered, similarity - next_similarity, covered - next_coverage)


def strength(found: Signs) -> float:
    """Return the estimated probability that a match is about the same kind of incident."""
    total = BIAS + sum(weight * value for weight, value in zip(WEIGHTS, astuple(found), strict=True))
    return 1.0 / (1.0 + math.exp(-total))
