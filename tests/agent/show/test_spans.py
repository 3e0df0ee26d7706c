from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.show.spans import CYCLE, MISSING, Node, self_time, span_tree
from tests.builders import SCOPE, Folder, Span
from tools.sources.rows import SpanRow


def span(id: str, parent: str = "", start: int = 0, duration: int = 10, kind: str = "") -> SpanRow:
    return SpanRow("t", id, parent, "svc", id, "", start, duration, "UNSET", kind)


def shape(nodes: list[Node]) -> list[tuple[str, int]]:
    return [(node.span.span_id, node.depth) for node in nodes]


def test_children_follow_their_parent_in_order_of_time() -> None:
    nodes, notes = span_tree([span("b", "a", 6), span("a", "", 0, 20), span("c", "a", 1), span("d", "c", 2)])
    assert shape(nodes) == [("a", 0), ("c", 1), ("d", 2), ("b", 1)]
    assert [node.offset_ns for node in nodes] == [0, 1, 2, 6]
    assert notes == []


def test_a_span_whose_parent_is_missing_becomes_a_root_and_is_noted() -> None:
    nodes, notes = span_tree([span("a", "gone", 5), span("b", "a", 6), span("c", "", 0)])
    assert shape(nodes) == [("a", 0), ("b", 1), ("c", 0)] or shape(nodes) == [("c", 0), ("a", 0), ("b", 1)]
    assert {node.span.span_id: node.note for node in nodes}["a"] == MISSING
    assert notes == ["1 spans name a parent that is not in the trace and are shown as roots"]


def test_a_circle_is_cut_at_its_earliest_span() -> None:
    nodes, notes = span_tree([span("a", "c", 1), span("b", "a", 2), span("c", "b", 3)])
    assert shape(nodes) == [("a", 0), ("b", 1), ("c", 2)]
    assert nodes[0].note == CYCLE
    assert notes == ["1 circles of parents are cut at their earliest span"]


def test_a_span_that_is_its_own_parent_is_a_root() -> None:
    nodes, _ = span_tree([span("a", "a"), span("b", "a")])
    assert shape(nodes) == [("a", 0), ("b", 1)]


def test_a_span_sent_twice_counts_once() -> None:
    nodes, notes = span_tree([span("a"), span("b", "a"), span("b", "a")])
    assert shape(nodes) == [("a", 0), ("b", 1)]
    assert notes == ["1 spans were sent more than once and count once"]


def test_a_very_deep_trace_needs_no_recursion() -> None:
    chain = [span("s0"), *(span(f"s{n}", f"s{n - 1}") for n in range(1, 5000))]
    nodes, _ = span_tree(chain)
    assert nodes[-1].depth == 4999


def test_self_time_counts_overlapping_children_once() -> None:
    parent = span("p", start=0, duration=100)
    assert self_time(parent, []) == 100
    assert self_time(parent, [span("a", "p", 10, 30), span("b", "p", 20, 40)]) == 50
    assert self_time(parent, [span("a", "p", 10, 30), span("b", "p", 15, 5)]) == 70


def test_a_child_that_outlasts_its_parent_is_clipped() -> None:
    assert self_time(span("p", start=0, duration=100), [span("a", "p", 80, 500)]) == 80


def test_a_child_of_another_clock_is_centred() -> None:
    parent = span("p", start=1000, duration=100, kind="client")
    assert self_time(parent, [span("a", "p", 0, 40)]) == 60
    assert self_time(parent, [span("a", "p", 1090, 40)]) == 60


PARENTS = st.lists(st.integers(0, 9), min_size=1, max_size=10)
TIMES = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 80)), min_size=11, max_size=11)


@given(parents=PARENTS, times=TIMES)
def test_every_span_has_exactly_one_place(parents: list[int], times: list[tuple[int, int]]) -> None:
    spans = [span(f"s{n}", f"s{parent}", *times[n]) for n, parent in enumerate(parents)]
    nodes, _ = span_tree(spans)
    assert sorted(node.span.span_id for node in nodes) == sorted(s.span_id for s in spans)
    assert all(0 <= node.own_ns <= node.span.duration_ns for node in nodes)


@pytest.mark.parametrize("kind", ["", "client"])
@settings(max_examples=15, deadline=None)
@given(parents=st.lists(st.integers(0, 4), min_size=1, max_size=6), times=TIMES)
def test_self_time_is_what_the_store_computes(
    tmp_path_factory: pytest.TempPathFactory, kind: str, parents: list[int], times: list[tuple[int, int]]
) -> None:
    folder: Path = tmp_path_factory.mktemp("one")
    rows = [Span("t", "s0", "", operation="s0", at=61, ms=times[0][1], kind=kind)]
    for n, parent in enumerate(parents, 1):
        at, ms = times[n]
        rows.append(
            Span("t", f"s{n}", f"s{min(parent, n - 1)}", operation=f"s{n}", at=61 + at / 1000, ms=ms, kind=kind)
        )
    traces = Folder(folder).spans(*rows).traces()
    stored = {o.operation: o.own.incident.mean for o in traces.operations(SCOPE) if o.own.incident.n}
    shown = {node.span.operation: node.own_ns for node in span_tree(traces.trace("t"))[0]}
    assert stored == {operation: shown[operation] for operation in stored}
    assert len(stored) == len(rows)
