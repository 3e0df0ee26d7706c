"""The critical path of one trace, on spans whose answer is worked out by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.paths import critical_path
from tools.sources.rows import SpanRow


def span(name: str, parent: str, start: int, end: int) -> SpanRow:
    return SpanRow("t", name, parent, name, "op", "", start, end - start, "UNSET")


def own(*spans: SpanRow) -> dict[str, int]:
    return {stretch.span.span_id: stretch.own_ns for stretch in critical_path(list(spans))}


def test_no_spans_have_no_path() -> None:
    assert critical_path([]) == []


def test_children_one_after_the_other_are_all_on_the_path() -> None:
    found = own(span("root", "", 0, 100), span("a", "root", 10, 40), span("b", "root", 50, 90))
    assert found == {"root": 30, "a": 30, "b": 40}


def test_of_parallel_children_the_last_to_end_is_on_the_path() -> None:
    found = own(span("root", "", 0, 100), span("fast", "root", 10, 40), span("slow", "root", 10, 90))
    assert found == {"root": 20, "slow": 80}


def test_a_child_that_still_ran_when_a_later_one_began_held_nobody_up() -> None:
    found = own(span("root", "", 0, 100), span("a", "root", 20, 80), span("b", "root", 50, 95))
    assert found == {"root": 55, "b": 45}


def test_grandchildren_take_time_from_their_parent() -> None:
    found = own(span("root", "", 0, 100), span("a", "root", 10, 90), span("b", "a", 20, 80))
    assert found == {"root": 20, "a": 20, "b": 60}


def test_an_asynchronous_child_counts_up_to_the_end_of_its_parent() -> None:
    assert own(span("root", "", 0, 100), span("late", "root", 60, 300)) == {"root": 60, "late": 40}


def test_the_longest_of_several_roots_is_followed() -> None:
    assert own(span("x", "", 0, 10), span("y", "gone", 0, 50)) == {"y": 50}


def test_a_circle_of_parents_ends() -> None:
    assert sum(own(span("a", "b", 0, 10), span("b", "a", 0, 10)).values()) == 10


def test_the_longest_wait_comes_first() -> None:
    found = critical_path([span("root", "", 0, 100), span("a", "root", 10, 90)])
    assert [stretch.span.span_id for stretch in found] == ["a", "root"]


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(-50, 150), st.integers(0, 200)), min_size=0, max_size=8))
def test_times_on_the_path_sum_to_the_whole(children: list[tuple[int, int, int]]) -> None:
    """However children overlap, overflow or precede their parent."""
    spans = [span("0", "", 0, 100)]
    for number, (parent, start, length) in enumerate(children, 1):
        spans.append(span(str(number), str(parent % number), start, start + length))
    found = own(*spans)
    assert sum(found.values()) == 100
    assert min(found.values()) > 0


@pytest.mark.parametrize("copies", [1, 3])
def test_spans_sent_more_than_once_count_once(copies: int) -> None:
    assert own(*[span("root", "", 0, 10), span("a", "root", 2, 8)] * copies) == {"a": 6, "root": 4}
