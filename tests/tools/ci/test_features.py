from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.ci.clean import clean_log
from tools.ci.features import NEVER, distance_back, distance_on, hard_gaps, line_features
from tools.ci.grammar import Role
from tools.ci.view import templates_of, view_log


def features_of(text: str) -> dict[str, list[float]]:
    names, matrix = line_features(view_log(clean_log(text)))
    return {name: matrix[:, index].tolist() for index, name in enumerate(names)}


def test_distances_count_lines_to_the_marked_ones() -> None:
    mask = np.array([False, True, False, False, True])
    assert distance_back(mask).tolist() == [NEVER, NEVER, 1, 2, 3]
    assert distance_on(mask).tolist() == [1, 3, 2, 1, NEVER]


@given(st.lists(st.booleans(), min_size=1, max_size=40))
def test_distances_agree_with_counting_by_hand(marks: list[bool]) -> None:
    found = distance_back(np.array(marks)).tolist()
    for index, distance in enumerate(found):
        before = [index - other for other in range(index) if marks[other]]
        assert distance == (min(before) if before else NEVER)


def test_templates_keep_numbers_that_change_the_meaning() -> None:
    lines = ["test 12 of 99", "test 13 of 100", "exit code 0", "exit code 137", "HTTP 404"]
    assert templates_of(lines) == ["test 1 of 1", "test 1 of 1", "exit code 0", "exit code 137", "HTTP 404"]
    assert templates_of([]) == []


def test_a_view_leaves_blank_lines_out_and_knows_where_the_others_stood() -> None:
    view = view_log(clean_log("a 1\n\n \na 2\nb"))
    assert view.texts == ("a 1", "a 2", "b")
    assert view.at.tolist() == [0, 3, 4]
    assert view.count.tolist() == [2, 2, 1]
    assert view.template.tolist() == [0, 0, 1]


def test_roles_and_colours_are_seen() -> None:
    view = view_log(clean_log('ok\n\x1b[31mcart.c:1:2: error: no\x1b[0m\nThe command "x" exited with 1.'))
    assert view.role(Role.ERROR).tolist() == [False, True, False]
    assert view.role(Role.EXIT).tolist() == [False, False, True]
    assert view.red.tolist() == [False, True, False]


def test_only_double_gaps_separate_where_every_line_is_followed_by_a_blank_one() -> None:
    sparse = view_log(clean_log("\n\n".join(f"line {n}" for n in range(20)) + "\n\n\nlast"))
    assert hard_gaps(sparse).tolist() == [False] * 20 + [True]
    dense = view_log(clean_log("a\nb\nc\nd\n\ne"))
    assert hard_gaps(dense).tolist() == [False, False, False, False, True]


def test_blank_lines_in_between_change_no_distance() -> None:
    lines = ["$ make", "cc cart.c", "cart.c:1:2: error: no", "make: *** [cart] Error 1"]
    dense, sparse = features_of("\n".join(lines)), features_of("\n\n".join(lines))
    assert dense["error.next"] == sparse["error.next"]
    assert dense["echo.n1"] == sparse["echo.n1"]


def test_sections_end_with_exit_statuses() -> None:
    found = features_of('setup\nThe command "a" exited with 0.\nx: error: no\nThe command "b" exited with 1.\nafter')
    assert found["exit.next_bad"][:4] == [-1, 1, 1, 0]
    assert found["errors.before"][2:4] == [0, pytest.approx(np.log1p(1))]
    assert found["exit.bad_before"] == [0, 0, 0, 0, 1]


def test_a_name_that_a_summary_repeats_links_both_lines() -> None:
    lines = ["FAIL: cart_total_is_right", *["x"] * 5, "1 failed: cart_total_is_right"]
    found = features_of("\n".join(lines))
    assert found["is.linked"] == [1, 0, 0, 0, 0, 0, 0]
    assert found["is.repeats"] == [0, 0, 0, 0, 0, 0, 1]


@given(st.text(alphabet="aE: \n1.", min_size=1, max_size=120).filter(lambda text: text.strip() != ""))
def test_every_log_gives_finite_numbers(text: str) -> None:
    view = view_log(clean_log(text))
    names, matrix = line_features(view)
    assert matrix.shape == (len(view.texts), len(names))
    assert len(set(names)) == len(names)
    assert np.isfinite(matrix).all()
