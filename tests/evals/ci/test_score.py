from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.ci.dataset import LabelledLog
from evals.ci.methods import BASELINES, RANDOM_LINES
from evals.ci.score import Overlap, means, overlap

MARKED = LabelledLog("l", "o/r", "C", "", 11, 20)


@pytest.mark.parametrize(
    ("ranges", "expected"),
    [
        ([(11, 20)], (1.0, 1.0, 1.0, 1.0, 10)),
        ([(11, 15)], (1.0, 0.5, 2 / 3, 0.0, 5)),
        ([(6, 25)], (0.5, 1.0, 2 / 3, 1.0, 20)),
        ([(1, 10), (21, 30)], (0.0, 0.0, 0.0, 0.0, 20)),
        ([(11, 14), (13, 20)], (1.0, 1.0, 1.0, 1.0, 10)),
        ([], (0.0, 0.0, 0.0, 0.0, 0)),
    ],
)
def test_agreement_is_counted_in_lines(ranges: list[tuple[int, int]], expected: tuple[float, ...]) -> None:
    assert tuple(overlap(ranges, MARKED)) == pytest.approx(expected)


@given(st.lists(st.tuples(st.integers(1, 40), st.integers(0, 20)), max_size=6))
def test_f1_is_the_harmonic_mean_and_all_lie_between_0_and_1(ranges: list[tuple[int, int]]) -> None:
    found = overlap([(first, first + more) for first, more in ranges], MARKED)
    assert all(0.0 <= value <= 1.0 for value in found[:4])
    if found.f1:
        assert 2 / found.f1 == pytest.approx(1 / found.precision + 1 / found.recall)
    assert found.full == (found.recall == 1.0)


def test_means_are_over_logs() -> None:
    found = means([Overlap(1.0, 0.5, 0.6, 0.0, 5), Overlap(0.0, 1.0, 0.2, 1.0, 15)], [0.1, 0.3])
    assert found == {
        "n": 2,
        "precision": 0.5,
        "recall": 0.75,
        "f1": 0.4,
        "full_recall": 0.5,
        "mean_lines": 10.0,
        "s_per_log": 0.2,
    }


@pytest.mark.parametrize(
    ("name", "length", "ranges"),
    [
        ("tail-50", 120, [(71, 120)]),
        ("tail-50", 20, [(1, 20)]),
        ("tail-200", 120, [(1, 120)]),
        ("keyword-grep", 3, [(2, 2)]),
    ],
)
def test_baselines_return_lines_counted_from_one(name: str, length: int, ranges: list[tuple[int, int]]) -> None:
    log = ["fine", "ERROR: no", *["fine"] * (length - 2)]
    assert BASELINES[name](log) == ranges


@given(st.integers(1, 200))
def test_the_random_window_lies_within_the_log_and_is_repeatable(length: int) -> None:
    log = ["x"] * length
    ((first, last),) = BASELINES["random-30"](log)
    assert 1 <= first <= last <= length
    assert last - first + 1 == min(length, RANDOM_LINES)
    assert BASELINES["random-30"](log) == [(first, last)]
