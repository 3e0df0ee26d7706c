"""Clocks: one wrong clock on one host, and what looks like it and is none."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.show.request import Filters
from agent.show.traces import edges
from tests.builders import Folder, Log, Span, ns, window
from tools.analysers.clocks import analyse_clocks, skew_of
from tools.analysers.structure import analyse_structure
from tools.config import SurveySettings
from tools.evidence import Evidence, EvidenceKind, onset_of
from tools.window import Scope

SCOPE = Scope.of(window(300, 420), [window(0, 300)])
SETTINGS = SurveySettings()


def request(at: float, ahead: float, of: str, way_ms: float = 1.0, kind: str = "client") -> list[Span]:
    """Return one request, front → stock and front → pay → bank; one service's spans begin `ahead` seconds late."""
    trace, begin = f"t{at}", dict.fromkeys(("front", "stock", "pay", "bank"), at)
    begin[of] += ahead
    way = way_ms / 1000

    def call(caller: str, callee: str, after: float, ms: float) -> tuple[Span, Span]:
        return (
            Span(trace, f"c-{callee}", f"s-{caller}", caller, f"GET {callee}", begin[caller] + after, ms, kind=kind),
            Span(
                trace,
                f"s-{callee}",
                f"c-{callee}",
                callee,
                f"serve {callee}",
                begin[callee] + after + way / 2,
                ms - way_ms,
                kind="server",
            ),
        )

    root = Span(trace, "s-front", "", "front", "GET /", begin["front"], 40, kind="server")
    return [
        root,
        *call("front", "stock", 0.001, 9),
        *call("front", "pay", 0.011, 20),
        *call("pay", "bank", 0.012, 9),
    ]


def folder(path: Path, ahead: float, of: str = "stock", since: int = 300, **how: object) -> Folder:
    spans = [
        span
        for at in range(420)
        for span in request(at, ahead if at >= since else 0.0, of, **how)  # type: ignore[arg-type]  # keywords of request
    ]
    return Folder(path).spans(*spans)


def analyse(path: Path, ahead: float, of: str = "stock", since: int = 300, **how: object) -> list[Evidence]:
    return analyse_clocks(folder(path, ahead, of, since, **how).open(), SCOPE, SETTINGS)


@pytest.mark.parametrize("ahead", [2.5, -2.5, 0.2])
def test_a_wrong_clock_is_told_of_the_one_whose_spans_it_moves(tmp_path: Path, ahead: float) -> None:
    (found,) = analyse(tmp_path, ahead)
    assert (found.kind, found.subject.service) == (EvidenceKind.CLOCK, "stock")
    assert found.incident == pytest.approx(ahead * 1000, abs=1.0)
    assert (found.baseline, found.unit) == (0.0, "ms")
    assert found.effect > 10
    assert not found.uncertain
    assert ("end" if ahead > 0 else "begin") in found.statement


def test_who_is_called_and_calls_is_shifted_on_both_sides_and_told_once(tmp_path: Path) -> None:
    (found,) = analyse(tmp_path, 2.5, of="pay")
    assert found.subject.service == "pay"
    assert "so do those of 1 other edges of pay" in found.statement


def test_the_onset_is_the_first_moved_bucket(tmp_path: Path) -> None:
    (found,) = analyse(tmp_path, 2.5, since=350)
    assert found.onset == onset_of(ns(350))


def test_the_numbers_are_those_of_the_cited_table(tmp_path: Path) -> None:
    telemetry = folder(tmp_path, 2.5).open()
    (found,) = analyse_clocks(telemetry, SCOPE, SETTINGS)
    table = edges(telemetry, SCOPE, Filters(service="front", peer="stock"))
    assert "--table edges" in found.query
    assert "--service front" in found.query
    assert found.incident == pytest.approx(table.records()[0]["stray_p50_ns_incident"] / 1e6)  # type: ignore[operator]  # a number


@pytest.mark.parametrize("way_ms", [1.0, 8.0])
def test_a_slow_way_is_no_clock(tmp_path: Path, way_ms: float) -> None:
    assert analyse(tmp_path, 0.0, way_ms=way_ms) == []


def test_clocks_that_differ_by_a_little_or_as_ever_are_no_finding(tmp_path: Path) -> None:
    assert analyse(tmp_path / "a", 0.005) == []
    assert analyse(tmp_path / "b", 2.5, since=0) == []


def test_a_message_is_read_later_than_it_was_sent_by_any_clock(tmp_path: Path) -> None:
    assert analyse(tmp_path, 2.5, kind="producer") == []


def test_a_callee_that_goes_on_after_its_caller_gave_up_is_no_clock(tmp_path: Path) -> None:
    """An overloaded callee takes up a call late and ends it long after the caller's timeout."""
    spans = [
        span
        for at in range(420)
        for span in (
            Span(f"t{at}", "a", "", "front", "GET /", at, 60, kind="server"),
            Span(f"t{at}", "b", "a", "front", "GET stock", at + 0.001, 50, kind="client"),
            Span(
                f"t{at}", "c", "b", "stock", "serve", at + 0.001 + (0.045 if at >= 300 else 0), 90 if at >= 300 else 9
            ),
        )
    ]
    assert analyse_clocks(Folder(tmp_path).spans(*spans).open(), SCOPE, SETTINGS) == []


def test_calls_that_a_wrong_clock_moves_out_of_the_window_are_not_missing(tmp_path: Path) -> None:
    """Telemetry ends with the incident: the callee's spans of its last seconds would come later."""
    rows = [s for s in folder_spans(2.5) if s.at < 420]
    found = analyse_structure(Folder(tmp_path).spans(*rows).open(), SCOPE, SETTINGS)
    assert [e for e in found if e.subject.peer == "stock"] == []


def folder_spans(ahead: float) -> list[Span]:
    return [span for at in range(420) for span in request(at, ahead if at >= 300 else 0.0, "stock")]


def test_without_traces_there_is_nothing(tmp_path: Path) -> None:
    assert analyse_clocks(Folder(tmp_path).logs(Log("front", "hi")).open(), SCOPE, SETTINGS) == []


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ahead_ms=st.integers(-4000, 4000))
def test_the_shift_is_measured_but_for_the_time_on_the_way(
    tmp_path_factory: pytest.TempPathFactory, ahead_ms: int
) -> None:
    traces = folder(tmp_path_factory.mktemp("clock"), ahead_ms / 1000).traces()
    (edge,) = (e for e in traces.edges(SCOPE) if e.peer == "stock")
    assert skew_of(edge) == pytest.approx(ahead_ms * 1e6, abs=1.1e6)
