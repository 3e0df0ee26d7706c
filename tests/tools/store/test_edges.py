"""Edges, calls, entries and topology on traces worked out by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.builders import INCIDENT, MS, SCOPE, T0, Folder, Span, window
from tools.config import StoreSettings
from tools.sources.rows import Call, CallStats, Two
from tools.window import NS, Scope

AT = 70.0


def call(trace: str, at: float = AT, server_ms: float = 60, client_ms: float = 100, error: bool = False) -> list[Span]:
    """Return front's server span, its client span and back's server span below it."""
    return [
        Span(trace, "r", "", "front", "GET /", at, client_ms + 20, error, "server"),
        Span(trace, "c", "r", "front", "call back", at + 0.01, client_ms, error, "client"),
        Span(trace, "s", "c", "back", "serve", at + 0.02, server_ms, error, "server"),
    ]


def made(stats: CallStats) -> tuple[Two[int], Two[int]]:
    """Return caller spans, and those of them that make the call, in both windows."""
    before, now = stats.made.baseline, stats.made.incident
    return Two(before.total, now.total), Two(before.taken, now.taken)


def test_gap_of_a_wire_is_client_minus_server(tmp_path: Path) -> None:
    (edge,) = Folder(tmp_path).spans(*call("t"), *call("u", at=5, server_ms=95)).traces().edges(SCOPE)
    assert (edge.service, edge.peer, edge.operation, edge.leaf) == ("front", "back", "call back", False)
    assert (edge.gap.baseline.p50, edge.gap.incident.p50) == (5 * MS, 40 * MS)


def test_gap_does_not_depend_on_clocks(tmp_path: Path) -> None:
    spans = call("t")
    skewed = Span("t", "s", "c", "back", "serve", AT - 30, 60, False, "server")
    (edge,) = Folder(tmp_path).spans(*spans[:2], skewed).traces().edges(SCOPE)
    assert edge.gap.incident.p50 == 40 * MS


def test_a_callee_that_outlives_a_timed_out_client_leaves_no_gap(tmp_path: Path) -> None:
    (edge,) = Folder(tmp_path).spans(*call("t", server_ms=300, error=True)).traces().edges(SCOPE)
    assert edge.gap.incident.p50 == 0
    assert edge.errors == Two(0, 1)


def test_a_leaf_is_the_whole_client_span(tmp_path: Path) -> None:
    rows = [
        Span("t", "r", "", "front", "GET /", AT, 100, kind="server"),
        Span("t", "c", "r", "front", "SELECT", AT + 0.01, 30, kind="client", peer="postgresql"),
    ]
    traces = Folder(tmp_path).spans(*rows).traces()
    (edge,) = traces.edges(SCOPE)
    assert (edge.peer, edge.leaf, edge.gap.incident.p50) == ("postgresql", True, 30 * MS)
    assert traces.topology(SCOPE) == [Call("front", "postgresql", 1)]


def test_a_client_span_without_a_peer_is_the_callers_own_time(tmp_path: Path) -> None:
    traces = Folder(tmp_path).spans(Span("t", "c", "", "front", "GET", AT, 30, kind="client")).traces()
    assert traces.edges(SCOPE) == []
    (operation,) = traces.operations(SCOPE)
    assert operation.own.incident.p50 == 30 * MS


def test_a_server_that_calls_once_keeps_its_own_time(tmp_path: Path) -> None:
    rows = [
        Span("t", "r", "", "front", "GET /", AT, 100, kind="server"),
        Span("t", "s", "r", "back", "serve", AT + 0.01, 30, kind="server"),
    ]
    traces = Folder(tmp_path).spans(*rows).traces()
    assert traces.edges(SCOPE) == []
    assert {o.operation: o.own.incident.p50 for o in traces.operations(SCOPE)} == {"GET /": 70 * MS, "serve": 30 * MS}
    assert traces.topology(SCOPE) == [Call("front", "back", 1)]


def test_without_kinds_a_span_with_one_child_elsewhere_is_the_wire(tmp_path: Path) -> None:
    rows = [
        Span("t", "r", "", "front", "GET /", AT, 100),
        Span("t", "c", "r", "front", "call", AT + 0.01, 50),
        Span("t", "s", "c", "back", "serve", AT + 0.02, 30),
    ]
    (edge,) = Folder(tmp_path).spans(*rows).traces().edges(SCOPE)
    assert (edge.operation, edge.peer, edge.gap.incident.p50) == ("call", "back", 20 * MS)


def test_two_attempts_below_one_client_span_leave_what_neither_covers(tmp_path: Path) -> None:
    rows = [
        Span("t", "c", "", "front", "call", AT, 100, kind="client"),
        Span("t", "s", "c", "back", "serve", AT + 0.01, 30, kind="server"),
        Span("t", "s2", "c", "back", "serve", AT + 0.05, 40, kind="server"),
    ]
    (edge,) = Folder(tmp_path).spans(*rows).traces().edges(SCOPE)
    assert edge.gap.incident.p50 == 30 * MS


def test_publishing_takes_what_the_producer_span_takes(tmp_path: Path) -> None:
    rows = [
        Span("t", "p", "", "front", "orders send", AT, 5, kind="producer", peer="queue"),
        Span("t", "k", "p", "worker", "orders process", AT + 3, 500, kind="consumer"),
    ]
    traces = Folder(tmp_path).spans(*rows).traces()
    (edge,) = traces.edges(SCOPE)
    assert (edge.peer, edge.gap.incident.p50) == ("worker", 5 * MS)
    assert {o.operation: o.own.incident.n for o in traces.operations(SCOPE)} == {"orders send": 0, "orders process": 1}


def test_errors_begin_where_no_child_failed(tmp_path: Path) -> None:
    rows = [
        Span("t", "r", "", "front", "GET /", AT, 100, True, "server"),
        Span("t", "c", "r", "front", "call", AT + 0.01, 50, True, "client"),
        Span("t", "s", "c", "back", "serve", AT + 0.02, 30, True, "server"),
        Span("t", "q", "s", "back", "query", AT + 0.03, 10, False, "internal"),
    ]
    stats = {o.operation: o for o in Folder(tmp_path).spans(*rows).traces().operations(SCOPE)}
    assert {name: o.errors.incident for name, o in stats.items()} == {"GET /": 1, "call": 1, "serve": 1, "query": 0}
    assert {name for name, o in stats.items() if o.error_origins.incident} == {"serve"}


@pytest.mark.parametrize("status", ["ERROR", "error", "STATUS_CODE_ERROR"])
def test_spellings_of_an_error(tmp_path: Path, status: str) -> None:
    row = {**Span("t", "a", at=AT).row(), "status": status, "kind": "SPAN_KIND_SERVER"}
    (operation,) = Folder(tmp_path).rows("traces", [row]).traces().operations(SCOPE)
    assert operation.errors == Two(0, 1)


def test_calls_are_conditional_on_the_caller(tmp_path: Path) -> None:
    # baseline: two requests call back once each; incident: of three, one calls twice and two not at all
    rows = [*call("b1", at=5), *call("b2", at=10), *call("i1"), *call("i2")[:2], *call("i3")[:1]]
    rows.append(Span("i1", "s2", "c", "back", "serve", AT + 0.09, 5, kind="server"))
    found = {(c.operation, c.peer_operation): c for c in Folder(tmp_path).spans(*rows).traces().calls(SCOPE)}
    call_back = found["call back", "serve"]
    assert (call_back.entry, call_back.service, call_back.peer) == ("GET /", "front", "back")
    assert made(call_back) == (Two(2, 2), Two(2, 1))
    assert made(found["GET /", "call back"]) == (Two(2, 3), Two(2, 2))


def test_calls_of_two_services_with_entries_of_one_name_add_up(tmp_path: Path) -> None:
    rows = [
        Span(trace, name, parent, service, operation, AT, 10)
        for trace, entry in (("t", "front"), ("u", "admin"))
        for name, parent, service, operation in (
            ("r", "", entry, "GET /"),
            ("m", "r", "mid", "work"),
            ("n", "m", "store", "read"),
        )
    ]
    found = {(c.service, c.peer): c for c in Folder(tmp_path).spans(*rows).traces().calls(SCOPE)}
    assert made(found["mid", "store"]) == (Two(0, 2), Two(0, 2))


def test_a_request_belongs_to_the_window_in_which_it_begins(tmp_path: Path) -> None:
    traces = Folder(tmp_path).spans(*call("t", at=59.995), Span("t", "x", "s", "back", "late", 60.2, 5)).traces()
    (entry,) = traces.entries(SCOPE)
    assert (entry.operation, entry.duration.baseline.n, entry.duration.incident.n) == ("GET /", 1, 0)
    assert {(c.peer_operation, made(c)[1]) for c in traces.calls(SCOPE)} == {
        ("call back", Two(1, 0)),
        ("serve", Two(1, 0)),
        ("late", Two(1, 0)),
    }


def test_entries_are_roots_or_what_stands_in_for_them(tmp_path: Path) -> None:
    rows = [
        Span("t", "s", "r", "back", "serve", AT, 30),
        Span("t", "r", "", "front", "GET /", AT + 0.001, 100, True),
        Span("u", "s", "gone", "back", "serve", AT, 40),
    ]
    entries = {e.operation: e for e in Folder(tmp_path).spans(*rows).traces().entries(SCOPE)}
    assert entries["GET /"].duration.incident.p50 == 100 * MS, "the root counts though its clock is late"
    assert entries["GET /"].errors == Two(0, 1)
    assert entries["serve"].duration.incident.p50 == 40 * MS


def test_excess_of_a_mix_that_changes_is_not_blamed_on_anyone(tmp_path: Path) -> None:
    # more requests of the slow kind, but no kind is slower than before
    def request(trace: str, at: float, operation: str, ms: float) -> Span:
        return Span(trace, "r", "", "front", operation, at, ms)

    rows = [request(f"b{i}", i, "fast" if i % 10 else "slow", 1 if i % 10 else 100) for i in range(50)]
    rows += [request(f"i{i}", 60 + i, "slow" if i % 2 else "fast", 100 if i % 2 else 1) for i in range(50)]
    operations = Folder(tmp_path).spans(*rows).traces().operations(SCOPE)
    assert {o.operation: o.excess for o in operations} == {"fast": 0.0, "slow": 0.0}


def test_excess_by_hand(tmp_path: Path) -> None:
    # 2 baseline requests spend 10 ms in back, 4 incident requests 30 ms each; front spends 20 ms in both
    rows = [span for i in range(2) for span in call(f"b{i}", at=i, server_ms=10, client_ms=15)]
    rows += [span for i in range(4) for span in call(f"i{i}", at=60 + i, server_ms=30, client_ms=35)]
    traces = Folder(tmp_path).spans(*rows).traces()
    assert {o.operation: o.excess for o in traces.operations(SCOPE)} == {
        "GET /": 0.0,
        "call back": 0.0,
        "serve": 20 * MS,
    }
    assert [e.excess for e in traces.edges(SCOPE)] == [0.0]


def test_buckets_have_times_counts_and_quantiles(tmp_path: Path) -> None:
    rows = [Span(f"t{i}", "a", at=at, ms=ms) for i, (at, ms) in enumerate([(50, 1), (61, 2), (62, 4), (75, 9)])]
    (operation,) = Folder(tmp_path).spans(*rows).traces().operations(SCOPE)
    assert SCOPE.bucket_ns == 10 * NS
    before, now = operation.buckets.baseline, operation.buckets.incident
    assert before.times.tolist() == [(T0 + 50) * NS]
    assert now.times.tolist() == [(T0 + 60) * NS, (T0 + 70) * NS]
    assert now.n.tolist() == [2, 1]
    assert now.p50.tolist() == [3 * MS, 9 * MS]
    assert now.p90.tolist() == pytest.approx([3.8 * MS, 9 * MS])


def test_a_sampled_baseline_keeps_whole_traces_and_counts_traffic_in_full(tmp_path: Path) -> None:
    rows = [span for i in range(2_000) for span in call(f"b{i}", at=i * 0.029)]
    traces = Folder(tmp_path).spans(*rows, *call("i")).traces(StoreSettings(baseline_spans=1_000))
    (entry,) = traces.entries(SCOPE)
    assert entry.duration.baseline.n == pytest.approx(2_000, rel=0.25)
    assert entry.duration.incident.n == 1
    assert all(c.made.baseline.total == c.made.baseline.taken for c in traces.calls(SCOPE))
    (edge,) = traces.edges(SCOPE)
    assert edge.gap.baseline.n == pytest.approx(2_000 / 6, rel=0.25)
    (note,) = traces.degradations()
    assert note.startswith("1 in 6 baseline traces is read")


def test_empty_windows_are_no_rows(tmp_path: Path) -> None:
    traces = Folder(tmp_path).spans(Span("t", "a", at=1_000)).traces()
    assert traces.operations(SCOPE) == []
    assert traces.edges(SCOPE) == []
    assert traces.entries(SCOPE) == []
    assert traces.calls(SCOPE) == []
    assert traces.topology(SCOPE) == []
    assert traces.segments(SCOPE, "front", "GET /", 20 * MS) == []
    assert traces.examples(INCIDENT, "front", "GET /", "slowest", 3) == []
    assert traces.trace("t")[0].span_id == "a"
    assert traces.trace("u") == []


def test_answers_follow_the_scope(tmp_path: Path) -> None:
    traces = Folder(tmp_path).spans(Span("t", "a", at=5), Span("u", "a", at=65), Span("v", "a", at=130)).traces()
    later = Scope.of(window(120, 180), [window(0, 120)])
    for _ in range(2):
        assert [(o.total.baseline.n, o.total.incident.n) for o in traces.operations(SCOPE)] == [(1, 1)]
        assert [(o.total.baseline.n, o.total.incident.n) for o in traces.operations(later)] == [(2, 1)]


def test_segments_count_values_of_attributes_resource_and_pod(tmp_path: Path) -> None:
    rows = [
        Span("b", "a", at=5, ms=10, pod="p1", attributes={"tenant": "x"}, resource={"region": "eu"}),
        Span("i", "a", at=65, ms=30, pod="p1", error=True, attributes={"tenant": "x"}),
        Span("j", "a", at=66, ms=50, attributes={"tenant": "x"}),
        Span("k", "a", service="other", at=66, ms=50, attributes={"tenant": "x"}),
    ]
    found = {
        (s.key, s.value): s for s in Folder(tmp_path).spans(*rows).traces().segments(SCOPE, "front", "GET /", 20 * MS)
    }
    assert set(found) == {("tenant", "x"), ("region", "eu"), ("pod", "p1")}
    tenant = found["tenant", "x"]
    assert (tenant.n, tenant.bad) == (Two(1, 2), Two(0, 2))
    assert found["pod", "p1"].bad == Two(0, 1)


def test_examples_are_slowest_failed_or_median_inside_the_window(tmp_path: Path) -> None:
    rows = [Span(f"t{ms}", "a", at=61, ms=ms, error=ms == 20) for ms in (10, 20, 30, 40, 50)]
    traces = Folder(tmp_path).spans(*rows, Span("old", "a", at=5, ms=500), Span("x", "a", at=61, ms=-5)).traces()

    def first(order: str, operation: str = "GET /") -> str:
        return traces.examples(INCIDENT, "front", operation, order, 1)[0].trace_id  # type: ignore[arg-type]  # a literal

    assert (first("slowest"), first("failed"), first("median")) == ("t50", "t20", "t30")
    assert first("median", operation="") == "t30"


def test_services_without_a_name_are_one(tmp_path: Path) -> None:
    rows = [{**Span(trace, "a", at=61).row(), "service": name} for trace, name in (("t", None), ("u", ""), ("v", "b"))]
    traces = Folder(tmp_path).rows("traces", rows).traces()
    assert traces.services() == ["b", "unknown_service"]
    assert {o.service: o.total.incident.n for o in traces.operations(SCOPE)} == {"b": 1, "unknown_service": 2}
    assert len(traces.examples(INCIDENT, "unknown_service", "", "slowest", 5)) == 2


@pytest.mark.parametrize("method", ["operations", "edges", "entries", "calls", "topology"])
def test_the_sql_runs_in_a_plain_shell_with_copies_and_bad_spans(tmp_path: Path, method: str) -> None:
    rows = [*call("t"), *call("t"), *call("u", at=5), Span("v", "x", at=61, ms=-1)]
    source = Folder(tmp_path).spans(*rows).traces()
    answer = getattr(source, method)(SCOPE)
    with duckdb.connect() as con:
        shown = con.execute(source.sql(method, SCOPE)).fetchall()  # type: ignore[attr-defined]  # embedded only
    assert {row[:2] for row in shown} == {tuple(row) for row in _first_two(method, answer)}


def _first_two(method: str, answer: list[Any]) -> list[tuple[str, str]]:
    fields = {"calls": ("entry", "service"), "edges": ("service", "peer"), "topology": ("caller", "callee")}
    first, second = fields.get(method, ("service", "operation"))
    return [(getattr(row, first), getattr(row, second)) for row in answer]
