"""Measures of a ranked answer. A rank is 1-based; None means that the cause is not in the answer."""

from __future__ import annotations

from collections.abc import Sequence

Rank = int | None


def top_k(ranks: Sequence[Rank], k: int) -> float:
    """Return the share of cases whose cause is among the first k, also called AC@k; NaN without cases."""
    return _mean([rank is not None and rank <= k for rank in ranks])


def mrr(ranks: Sequence[Rank]) -> float:
    """Return the mean reciprocal rank; a missing cause counts 0; NaN without cases."""
    return _mean([1 / rank if rank else 0.0 for rank in ranks])


def avg_k(ranks: Sequence[Rank], k: int = 5) -> float:
    """Return the mean of top-1 to top-k, Avg@k as in RCAEval (arXiv 2412.17015); NaN without cases."""
    return sum(top_k(ranks, depth) for depth in range(1, k + 1)) / k


def _mean(values: Sequence[float | bool]) -> float:
    return sum(values) / len(values) if values else float("nan")
