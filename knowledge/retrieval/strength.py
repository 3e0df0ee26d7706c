"""Does the best match mean anything? A calibrated guess, and the threshold for "nothing similar".

Ranks cannot tell: something is always first. Two numbers can, in part: the cosine of the nearest chunk,
and the share of the query's rarity (the sum of its words' inverse document frequencies) that the best
chunk's BM25 score covers. They are joined by a logistic regression.

The numbers below were fitted with the offline model by `whydown eval kb --fit`, on queries whose target is
there against the same queries with the target taken out. Another model needs its own threshold.
"""

from __future__ import annotations

import math

BIAS = -8.0
SIMILARITY = 12.0
COVERAGE = 6.0
MIN_STRENGTH = 0.5


def coverage(lexical: float, rarity: float) -> float:
    """Return how much of a query a chunk covers, comparable between short and long queries.

    Args:
        lexical: BM25 score of the chunk.
        rarity: sum of the inverse document frequencies of the query's words.
    """
    return lexical / rarity if rarity > 0 else 0.0


def strength(similarity: float, covered: float) -> float:
    """Return the estimated probability that a match is about the same kind of incident."""
    return 1.0 / (1.0 + math.exp(-(BIAS + SIMILARITY * similarity + COVERAGE * covered)))
