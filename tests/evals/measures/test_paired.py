"""Comparison of two methods on the same cases."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.measures.paired import compare_right, mcnemar


def test_mcnemar_of_a_worked_example() -> None:
    """One against five: 2 * (C(6,0) + C(6,1)) / 2^6."""
    assert mcnemar(1, 5) == pytest.approx(2 * 7 / 64)
    assert mcnemar(0, 6) == pytest.approx(2 / 64)


def test_no_difference_proves_nothing() -> None:
    assert mcnemar(0, 0) == 1.0
    assert mcnemar(3, 3) == 1.0


def test_comparison_counts_what_only_one_gets_right() -> None:
    found = compare_right([True, True, False, False], [True, False, True, True])
    assert found is not None
    assert (found.n, found.a, found.b, found.only_a, found.only_b) == (4, 0.5, 0.75, 1, 2)
    assert found.difference == pytest.approx(0.25)
    assert found.interval[0] < 0.25 < found.interval[1]
    assert compare_right([], []) is None


@given(st.integers(0, 40), st.integers(0, 40))
def test_p_is_a_probability_and_symmetric(a: int, b: int) -> None:
    assert 0 < mcnemar(a, b) <= 1
    assert mcnemar(a, b) == mcnemar(b, a)
    assert mcnemar(a, a + b + 1) <= mcnemar(a, a) + 1e-12
