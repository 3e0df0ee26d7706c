"""Self-time: duration not covered by children. Worked out by hand, then properties of any trace."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import MS, SCOPE, Folder, Span

AT = 70.0
"""Inside the incident window."""


def own_ms(path: Path, *spans: Span) -> dict[str, float]:
    """Return self-time in ms by operation; every span of these tests has an operation of its own."""
    traces = Folder(path).spans(*spans).traces()
    return {o.operation: o.own.incident.p50 / MS for o in traces.operations(SCOPE)}


def one(
    operation: str, parent: str = "", at: float = 0.0, ms: float = 10.0, service: str = "a", kind: str = ""
) -> Span:
    """Return a span of trace t, `at` milliseconds after the start; its id is its operation."""
    return Span("t", operation, parent, service, operation, AT + at / 1000, ms, kind=kind)


def test_children_one_after_the_other(tmp_path: Path) -> None:
    own = own_ms(tmp_path, one("root", ms=100), one("x", "root", 10, 30), one("y", "root", 50, 20))
    assert own == {"root": 50, "x": 30, "y": 20}


def test_overlapping_children_cover_their_union(tmp_path: Path) -> None:
    # x covers 10..50, y 30..70, z 35..40 lies in both: together 10..70
    own = own_ms(
        tmp_path, one("root", ms=100), one("x", "root", 10, 40), one("y", "root", 30, 40), one("z", "root", 35, 5)
    )
    assert own["root"] == 40


def test_a_long_child_hides_a_later_short_one(tmp_path: Path) -> None:
    # x covers 0..80, y 10..20 inside it, z 90..95 after it
    own = own_ms(
        tmp_path, one("root", ms=100), one("x", "root", 0, 80), one("y", "root", 10, 10), one("z", "root", 90, 5)
    )
    assert own["root"] == 15


def test_a_child_that_overflows_is_clipped(tmp_path: Path) -> None:
    own = own_ms(tmp_path, one("root", ms=100), one("late", "root", 80, 50))
    assert own == {"root": 80, "late": 50}


def test_an_asynchronous_child_after_the_end_covers_nothing(tmp_path: Path) -> None:
    own = own_ms(tmp_path, one("root", ms=100), one("after", "root", 150, 500))
    assert own == {"root": 100, "after": 500}


def test_a_child_longer_than_its_parent_covers_from_its_start(tmp_path: Path) -> None:
    own = own_ms(tmp_path, one("root", ms=100), one("long", "root", 40, 300))
    assert own == {"root": 40, "long": 300}


def test_a_child_with_an_early_clock_is_centred(tmp_path: Path) -> None:
    # 60 of 100 ms, said to begin 20 ms early: centred at 20..80, so a sibling at 70..90 overlaps by 10
    own = own_ms(tmp_path, one("root", ms=100), one("early", "root", -20, 60, "b"), one("y", "root", 70, 20))
    assert own["root"] == 30


def test_a_callee_with_a_late_clock_is_centred_below_a_client_span(tmp_path: Path) -> None:
    spans = (one("call", ms=100, kind="client"), one("dns", "call", 0, 10), one("serve", "call", 60, 60, "b", "server"))
    traces = Folder(tmp_path).spans(*spans).traces()
    (edge,) = traces.edges(SCOPE)
    assert edge.gap.incident.p50 == 30 * MS, "0..10 and 20..80 are covered"


def test_grandchildren_count_for_their_parent_only(tmp_path: Path) -> None:
    own = own_ms(tmp_path, one("root", ms=100), one("mid", "root", 10, 60), one("leaf", "mid", 20, 50))
    assert own == {"root": 40, "mid": 10, "leaf": 50}


def test_a_missing_parent_leaves_the_child_whole(tmp_path: Path) -> None:
    folder = Folder(tmp_path).spans(one("root", ms=100), one("lost", "nobody", 10, 30))
    traces = folder.traces()
    assert {o.operation: o.own.incident.p50 / MS for o in traces.operations(SCOPE)} == {"root": 100, "lost": 30}
    assert traces.degradations() == ["1 of 2 spans name a parent that is missing and count as its substitute"]


def test_a_circle_ends(tmp_path: Path) -> None:
    folder = Folder(tmp_path).spans(one("x", "y", 0, 100), one("y", "x", 10, 30), Span("u", "other", at=AT))
    traces = folder.traces()
    own = {o.operation: o.own.incident.p50 / MS for o in traces.operations(SCOPE)}
    assert own["x"] == 70
    assert own["y"] == 0, "its longer child covers all of it"
    assert traces.degradations() == ["1 traces run in a circle and count from their earliest span"]
    assert {e.operation for e in traces.entries(SCOPE)} == {"x", "GET /"}


def test_its_own_parent_is_a_root(tmp_path: Path) -> None:
    assert own_ms(tmp_path, one("x", "x", 0, 30)) == {"x": 30}


def test_copies_count_once_and_the_longest_is_kept(tmp_path: Path) -> None:
    folder = Folder(tmp_path).spans(one("root", ms=100), one("x", "root", 10, 30))
    folder.spans(one("x", "root", 10, 40), one("root", ms=100))
    traces = folder.traces()
    stats = {o.operation: o for o in traces.operations(SCOPE)}
    assert (stats["x"].total.incident.n, stats["x"].total.incident.p50) == (1, 40 * MS)
    assert stats["root"].own.incident.p50 == 60 * MS
    assert traces.degradations() == ["2 spans were sent more than once and count once"]


def test_equal_span_ids_of_other_traces_are_other_spans(tmp_path: Path) -> None:
    rows = [Span(trace, "a", "", "a", "root", AT, 10) for trace in ("t", "u")]
    (operation,) = Folder(tmp_path).spans(*rows).traces().operations(SCOPE)
    assert operation.own.incident.n == 2


@pytest.mark.parametrize("broken", [{"duration_ns": -1}, {"duration_ns": None}, {"trace_id": None}, {"span_id": ""}])
def test_unusable_spans_are_left_out_and_counted(tmp_path: Path, broken: dict[str, object]) -> None:
    rows = [one("good").row(), {**one("bad").row(), **broken}, {**one("worse").row(), **broken}]
    traces = Folder(tmp_path).rows("traces", rows).traces()
    assert [o.operation for o in traces.operations(SCOPE)] == ["good"]
    assert traces.degradations() == ["2 spans have no id or no valid duration and are left out"]


def test_skewed_clocks_are_stated(tmp_path: Path) -> None:
    traces = Folder(tmp_path).spans(one("root", ms=100), one("early", "root", -20, 60, "b")).traces()
    traces.operations(SCOPE)
    (note,) = traces.degradations()
    assert note == (
        "1 call seems to begin before the caller, because clocks differ: it is moved to the middle of the caller's span"
    )


def test_traces_without_parents_are_stated(tmp_path: Path) -> None:
    traces = Folder(tmp_path).spans(one("root", ms=100), one("lost", "", 10, 60, "b")).traces()
    traces.operations(SCOPE)
    (note,) = traces.degradations()
    assert note.startswith("none of 2 spans names a parent: who calls whom is unknown")


@st.composite
def synchronous(draw: st.DrawFn, index: int) -> list[Span]:
    """Draw a trace whose children run one after the other inside their parent; times in whole ms."""
    spans: list[Span] = []

    def grow(parent: str, at: int, ms: int, depth: int) -> None:
        name = f"{index}-{len(spans)}"
        spans.append(one(name, parent, at, ms))
        cursor = at
        while depth and cursor < at + ms and draw(st.booleans()):
            begin = draw(st.integers(cursor, at + ms - 1))
            length = draw(st.integers(0, at + ms - begin))
            grow(name, begin, length, depth - 1)
            cursor = begin + max(length, 1)

    grow("", 0, draw(st.integers(1, 500)), 3)
    return [replace(span, trace=str(index)) for span in spans]


@st.composite
def anything(draw: st.DrawFn, index: int) -> list[Span]:
    """Draw a trace with arbitrary parents and times, in any of three services."""
    count = draw(st.integers(1, 8))
    rows = []
    for number in range(count):
        parent = draw(st.sampled_from(["", "nobody", *(f"{index}-{other}" for other in range(count))]))
        at, ms = draw(st.integers(-50, 200)), draw(st.integers(0, 300))
        kind = draw(st.sampled_from(["", "client", "server", "internal", "producer", "consumer"]))
        span = one(f"{index}-{number}", parent, at, ms, draw(st.sampled_from("abc")), kind)
        rows.append(replace(span, trace=str(index)))
    return rows


@given(st.tuples(*(synchronous(index) for index in range(6))))
@settings(max_examples=15, deadline=None)
def test_self_times_of_a_synchronous_trace_add_up_to_its_root(traces: tuple[list[Span], ...]) -> None:
    with TemporaryDirectory() as path:
        own = own_ms(Path(path), *(span for trace in traces for span in trace))
    for trace in traces:
        assert sum(own[span.operation] for span in trace) == pytest.approx(trace[0].ms)


@given(st.tuples(*(anything(index) for index in range(6))))
@settings(max_examples=25, deadline=None)
def test_self_time_lies_between_nothing_and_the_duration(traces: tuple[list[Span], ...]) -> None:
    spans = [span for trace in traces for span in trace]
    with TemporaryDirectory() as path:
        source = Folder(Path(path)).spans(*spans).traces()
        operations, edges = source.operations(SCOPE), source.edges(SCOPE)
        calls, entries = source.calls(SCOPE), source.entries(SCOPE)
    duration = {span.operation: span.ms * MS for span in spans}
    assert {o.operation for o in operations} == set(duration)
    for operation in operations:
        if operation.own.incident.n:
            assert 0 <= operation.own.incident.p50 <= duration[operation.operation]
    assert all(0 <= edge.gap.incident.p50 <= duration[edge.operation] for edge in edges)
    assert sum(o.own.incident.n for o in operations) + sum(e.gap.incident.n for e in edges) == len(spans)
    assert all(0 < call.made.incident.taken <= call.made.incident.total for call in calls)
    assert sum(entry.duration.incident.n for entry in entries) == len(traces)
