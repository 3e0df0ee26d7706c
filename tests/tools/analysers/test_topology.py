"""Topology: traffic at the entries, and who is affected."""

from pathlib import Path

import pytest

from tests.builders import Folder, Log, Span, ns, shop, window
from tools.analysers.topology import analyse_topology
from tools.config import SurveySettings
from tools.evidence import Evidence, EvidenceKind, onset_of
from tools.sources import Telemetry
from tools.window import Scope

SCOPE = Scope.of(window(300, 420), [window(0, 300)])
SETTINGS = SurveySettings()


def traffic(path: Path, before: float, after: float) -> list[Evidence]:
    """Analyse requests at two rates, per second."""
    moments = [i / before for i in range(round(300 * before))] + [300 + i / after for i in range(round(120 * after))]
    spans = [Span(f"t{i}", "a", at=at, ms=5 + i * 7919 % 11 / 10) for i, at in enumerate(moments)]
    found = analyse_topology(Folder(path).spans(*spans).open(), SCOPE, SETTINGS)
    return [e for e in found if e.kind is EvidenceKind.TRAFFIC]


@pytest.mark.parametrize(("before", "after", "word"), [(2, 20, "rose"), (20, 2, "fell")])
def test_more_and_less_traffic_is_found(tmp_path: Path, before: float, after: float, word: str) -> None:
    (found,) = traffic(tmp_path, before, after)
    assert (found.subject.service, found.subject.operation, found.unit) == ("front", "GET /", "1/s")
    assert found.baseline == pytest.approx(before)
    assert found.incident == pytest.approx(after)
    assert (found.effect > 0) == (after > before)
    assert abs(found.effect) > 2
    assert f"{word} from" in found.statement


def test_steady_traffic_is_no_finding(tmp_path: Path) -> None:
    assert traffic(tmp_path, 3, 3) == []


def test_all_callers_of_a_slow_service_are_affected(tmp_path: Path) -> None:
    telemetry = Folder(tmp_path).spans(*shop(0, 340), *shop(340, 80, {"bank": 100.0})).open()
    found = [e for e in analyse_topology(telemetry, SCOPE, SETTINGS) if not e.uncertain]
    assert {e.kind for e in found} == {EvidenceKind.LATENCY_TOTAL}
    assert {e.subject.service for e in found} == {"front", "pay", "bank"}
    assert all(e.effect > 0 and e.onset == onset_of(ns(340)) for e in found)
    entry = next(e for e in found if e.subject.operation == "GET /")
    assert entry.statement.startswith("duration of front GET / rose from")
    assert entry.share is None


def test_calm_data_is_never_sure(tmp_path: Path) -> None:
    telemetry = Folder(tmp_path).spans(*shop(0, 300), *shop(300, 120)).open()
    assert all(e.uncertain for e in analyse_topology(telemetry, SCOPE, SETTINGS))


def test_too_few_spans_say_nothing(tmp_path: Path) -> None:
    few = Folder(tmp_path / "few").spans(*shop(298, 2), *shop(300, 120)).open()
    assert analyse_topology(few, SCOPE, SETTINGS) == []


def test_without_traces_there_is_nothing(tmp_path: Path) -> None:
    assert analyse_topology(Telemetry(), SCOPE, SETTINGS) == []
    assert analyse_topology(Folder(tmp_path).logs(Log("a", "b")).open(), SCOPE, SETTINGS) == []
