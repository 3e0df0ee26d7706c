"""Ranking measures on numbers worked out by hand."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.measures.ranking import avg_k, mrr, top_k

RANKS = [1, 2, 4, None]
some_ranks = st.lists(st.none() | st.integers(1, 50), min_size=1)


def test_worked_example() -> None:
    assert [top_k(RANKS, k) for k in (1, 2, 3, 4, 5)] == [0.25, 0.5, 0.5, 0.75, 0.75]
    assert mrr(RANKS) == pytest.approx((1 + 1 / 2 + 1 / 4 + 0) / 4)
    assert avg_k(RANKS) == pytest.approx((0.25 + 0.5 + 0.5 + 0.75 + 0.75) / 5)


def test_no_case_is_not_a_number() -> None:
    assert math.isnan(top_k([], 1))
    assert math.isnan(mrr([]))


@given(some_ranks)
def test_deeper_lists_never_score_less(ranks: list[int | None]) -> None:
    shares = [top_k(ranks, k) for k in range(1, 51)]
    assert shares == sorted(shares)
    assert shares[0] <= mrr(ranks) <= shares[-1]
    assert shares[0] <= avg_k(ranks) <= shares[4] + 1e-12
