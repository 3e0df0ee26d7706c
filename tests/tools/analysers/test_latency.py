"""Latency: what is slow in its own spans, and what is slow on the way."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.builders import Folder, Log, Span, ns, shop, window
from tools.analysers.latency import analyse_latency
from tools.config import SurveySettings
from tools.evidence import Evidence, EvidenceKind, onset_of
from tools.sources import Telemetry
from tools.window import Scope

SCOPE = Scope.of(window(300, 420), [window(0, 300)])
SETTINGS = SurveySettings()


def incident(path: Path, slow: Mapping[str, float] | None = None, wire: Mapping[str, float] | None = None) -> Telemetry:
    """Return five calm minutes and two with what is given."""
    return Folder(path).spans(*shop(0, 300), *shop(300, 120, slow, wire)).open()


def sure(found: list[Evidence]) -> list[Evidence]:
    return [item for item in found if not item.uncertain]


@pytest.mark.parametrize("service", ["cart", "pay", "bank"])
def test_added_self_time_is_found_where_it_is_spent(tmp_path: Path, service: str) -> None:
    found = sure(analyse_latency(incident(tmp_path, slow={service: 50.0}), SCOPE, SETTINGS))
    assert [(e.kind, e.subject.service, e.subject.operation) for e in found] == [
        (EvidenceKind.LATENCY_SELF, service, f"serve {service}")
    ]
    first = found[0]
    assert first.effect > 5
    assert first.baseline is not None
    assert first.incident is not None
    assert first.incident - first.baseline == pytest.approx(50, rel=0.1)
    assert first.unit == "ms"
    assert first.share == pytest.approx(1.0, abs=0.1)
    assert "rose from" in first.statement


def test_a_drop_counts_as_a_rise_does(tmp_path: Path) -> None:
    telemetry = Folder(tmp_path).spans(*shop(0, 300, slow={"pay": 50.0}), *shop(300, 120)).open()
    first = sure(analyse_latency(telemetry, SCOPE, SETTINGS))[0]
    assert (first.kind, first.subject.service) == (EvidenceKind.LATENCY_SELF, "pay")
    assert first.effect < -5
    assert first.share is not None
    assert first.share < 0
    assert "fell from" in first.statement


def test_a_slow_wire_is_an_edge_and_not_a_service(tmp_path: Path) -> None:
    found = sure(analyse_latency(incident(tmp_path, wire={"bank": 40.0}), SCOPE, SETTINGS))
    assert {e.kind for e in found} == {EvidenceKind.LATENCY_EDGE}
    first = found[0]
    assert (first.subject.service, first.subject.peer) == ("pay", "bank")
    assert first.baseline == pytest.approx(0.5, abs=0.05)
    assert first.incident == pytest.approx(40.5, abs=0.5)
    assert first.statement.startswith("time on the way to bank from pay")


def test_the_onset_is_when_it_began_not_when_the_window_does(tmp_path: Path) -> None:
    telemetry = Folder(tmp_path).spans(*shop(0, 340), *shop(340, 80, {"cart": 50.0})).open()
    first = analyse_latency(telemetry, SCOPE, SETTINGS)[0]
    assert first.onset == onset_of(ns(340))


def test_the_plot_shows_both_windows(tmp_path: Path) -> None:
    sample = analyse_latency(incident(tmp_path, slow={"pay": 50.0}), SCOPE, SETTINGS)[0].samples[0]
    assert (sample.kind, len(sample.times), len(sample.values)) == ("series", 42, 42)
    assert max(sample.values[:30]) < 20 < 50 < min(sample.values[30:])


def test_calm_data_is_never_sure(tmp_path: Path) -> None:
    assert sure(analyse_latency(incident(tmp_path), SCOPE, SETTINGS)) == []


def test_a_call_to_what_sends_no_spans_is_judged_whole(tmp_path: Path) -> None:
    def call(at: int) -> list[Span]:
        took = (3.0 if at < 300 else 33.0) + (at * 7919 % 11) / 20
        return [
            Span(f"t{at}", "a", at=at, ms=took + 5, kind="server"),
            Span(f"t{at}", "b", "a", operation="SELECT", at=at + 0.001, ms=took, kind="client", peer="db"),
        ]

    telemetry = Folder(tmp_path).spans(*(span for at in range(420) for span in call(at))).open()
    edges = [e for e in analyse_latency(telemetry, SCOPE, SETTINGS) if e.kind is EvidenceKind.LATENCY_EDGE]
    assert [(e.subject.service, e.subject.peer, e.uncertain) for e in edges] == [("front", "db", False)]
    assert edges[0].statement.startswith("calls to db from front")
    assert edges[0].incident == pytest.approx(33.25, abs=0.5)


def test_an_edge_the_baseline_lacks_is_held_against_the_others(tmp_path: Path) -> None:
    def request(at: int, callee: str, gap: float) -> list[Span]:
        trace = f"{callee}{at}"
        return [
            Span(trace, "a", service="front", at=at, ms=gap + 8, kind="server"),
            Span(trace, "b", "a", "front", f"call {callee}", at + 0.001, gap + 4, kind="client"),
            Span(trace, "c", "b", callee, "serve", at + 0.0015, 4.0, kind="server"),
        ]

    usual = [s for at in range(0, 420, 2) for n in range(6) for s in request(at, f"old{n}", 1.0 + (at + n) % 7 / 20)]
    new = [s for at in range(300, 420, 2) for s in request(at, "fresh", 90.0)]
    found = analyse_latency(Folder(tmp_path).spans(*usual, *new).open(), SCOPE, SETTINGS)
    edges = [e for e in found if e.kind is EvidenceKind.LATENCY_EDGE]
    assert [e.subject.peer for e in edges] == ["fresh"]
    assert edges[0].incident == pytest.approx(90, rel=0.01)
    assert edges[0].baseline == pytest.approx(1.15, abs=0.2)
    assert "the baseline hardly has this call" in edges[0].statement


@pytest.mark.parametrize(("before", "after"), [(2, 120), (300, 2)])
def test_too_few_spans_say_nothing(tmp_path: Path, before: int, after: int) -> None:
    telemetry = Folder(tmp_path).spans(*shop(0, before), *shop(300, after, {"pay": 500.0})).open()
    assert analyse_latency(telemetry, SCOPE, SETTINGS) == []


def test_without_traces_there_is_nothing(tmp_path: Path) -> None:
    assert analyse_latency(Folder(tmp_path).logs(Log("front", "hi")).open(), SCOPE, SETTINGS) == []


def test_no_more_is_kept_than_asked_for(tmp_path: Path) -> None:
    telemetry = incident(tmp_path, slow={"cart": 20.0, "pay": 200.0, "bank": 60.0})
    found = analyse_latency(telemetry, SCOPE, SurveySettings(per_analyser=1))
    assert [e.subject.service for e in found if e.kind is EvidenceKind.LATENCY_SELF] == ["pay"]
