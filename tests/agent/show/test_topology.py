from hypothesis import given
from hypothesis import strategies as st

from agent.show.topology import places_of
from tools.sources.rows import Call


def drawn(*calls: tuple[str, str, int], start: str = "") -> list[str]:
    places = places_of([Call(*call) for call in calls], start)
    return ["  " * p.depth + p.service + (f" {p.calls}" if p.calls is not None else "") + p.note for p in places]


def test_the_busiest_call_comes_first() -> None:
    assert drawn(("a", "b", 1), ("a", "c", 5), ("c", "d", 2)) == ["a", "  c 5", "    d 2", "  b 1"]


def test_a_shared_service_is_expanded_once() -> None:
    assert drawn(("a", "b", 2), ("a", "c", 1), ("b", "d", 2), ("c", "d", 1), ("d", "e", 3)) == [
        "a",
        "  b 2",
        "    d 2",
        "      e 3",
        "  c 1",
        "    d 1see above",
    ]


def test_a_circle_that_nobody_calls_is_entered_at_its_busiest_caller() -> None:
    assert drawn(("a", "b", 1), ("b", "a", 9)) == ["b", "  a 9", "    b 1see above"]


def test_a_circle_beside_a_tree_is_not_lost() -> None:
    assert drawn(("a", "b", 1), ("x", "y", 1), ("y", "x", 1)) == ["a", "  b 1", "x", "  y 1", "    x 1see above"]


def test_a_service_shows_what_lies_below_it() -> None:
    assert drawn(("a", "b", 1), ("b", "c", 1), start="b") == ["b", "  c 1"]
    assert drawn(start="b") == ["b"]


NAMES = st.sampled_from("abcdef")


@given(st.lists(st.tuples(NAMES, NAMES, st.integers(1, 9)), max_size=15, unique_by=lambda c: c[:2]))
def test_every_call_is_drawn_exactly_once(calls: list[tuple[str, str, int]]) -> None:
    places = places_of([Call(*call) for call in calls])
    assert sorted(p.calls for p in places if p.calls is not None) == sorted(n for _, _, n in calls)
