"""The trace source's answers on a small shop whose times are known."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.builders import INCIDENT, MS, SCOPE, Folder, Span, shop


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A shop whose bank takes 80 ms longer and whose cart is 40 ms further away in the incident."""
    return Folder(tmp_path).spans(*shop(0, 60), *shop(60, 60, slow={"bank": 80}, wire={"cart": 40}))


def test_self_time_rises_where_the_time_is_spent(folder: Folder) -> None:
    own = {(o.service, o.operation): o.own for o in folder.traces().operations(SCOPE)}
    risen = {service: two.incident.p50 - two.baseline.p50 for (service, _), two in own.items() if two.incident.n}
    assert risen["bank"] == pytest.approx(80 * MS, rel=0.02)
    assert max(abs(risen[name]) for name in ("front", "cart", "pay")) < MS


def test_gap_rises_where_the_wire_is_slow(folder: Folder) -> None:
    gaps = {(e.service, e.peer): e.gap for e in folder.traces().edges(SCOPE)}
    assert gaps["front", "cart"].incident.p50 == pytest.approx(40.5 * MS, rel=0.001)
    assert gaps["front", "pay"].incident.p50 == pytest.approx(0.5 * MS, rel=0.01)


def test_excess_shares_the_symptom_out(folder: Folder) -> None:
    traces = folder.traces()
    code = {o.service: o.excess for o in traces.operations(SCOPE) if o.own.incident.n}
    wire = {(e.service, e.peer): e.excess for e in traces.edges(SCOPE)}
    assert code["bank"] == pytest.approx(80 * MS, rel=0.02)
    assert wire["front", "cart"] == pytest.approx(40 * MS, rel=0.001)
    (entry,) = traces.entries(SCOPE)
    total = entry.duration.incident.mean - entry.duration.baseline.mean
    assert sum(code.values()) + sum(wire.values()) == pytest.approx(total, rel=1e-6)


def test_topology_counts_calls_between_services(folder: Folder) -> None:
    graph = {(c.caller, c.callee): c.calls for c in folder.traces().topology(SCOPE)}
    assert graph == {("front", "cart"): 120, ("front", "pay"): 120, ("pay", "bank"): 120}


def test_examples_name_the_slowest_and_trace_shows_all_of_it(folder: Folder) -> None:
    traces = folder.traces()
    (slowest,) = traces.examples(INCIDENT, "bank", "serve bank", "slowest", 1)
    assert slowest.duration_ns > 80 * MS
    assert traces.trace(slowest.trace_id)[0].span_id == "s-front"
    assert len(traces.trace(slowest.trace_id)) == 7


def test_one_span_is_enough(tmp_path: Path) -> None:
    traces = Folder(tmp_path).spans(Span("t", "a", at=61, ms=3)).traces()
    (operation,) = traces.operations(SCOPE)
    assert operation.own.incident.n == 1
    assert operation.own.incident.p50 == 3 * MS
    assert operation.own.baseline.n == 0
