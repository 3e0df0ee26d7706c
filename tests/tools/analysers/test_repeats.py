"""Repeats: operations that one request runs more often than it used to."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.show.request import Filters
from agent.show.traces import calls
from tests.builders import Folder, Span, window
from tools.analysers.structure import analyse_structure
from tools.config import SurveySettings
from tools.evidence import Evidence, EvidenceKind
from tools.sources import Telemetry
from tools.window import Scope

SCOPE = Scope.of(window(300, 420), [window(0, 300)])


def telemetry(path: Path, tries: int, every: int = 1) -> Telemetry:
    """Return a request every so many seconds in which shop asks bank, in the incident several times."""
    spans: list[Span] = []
    for at in range(0, 420, every):
        trace = f"t{at}"
        spans += [
            Span(trace, "a", "", "front", "GET /", at, 90, kind="server"),
            Span(trace, "b", "a", "front", "call shop", at + 0.001, 85, kind="client"),
            Span(trace, "c", "b", "shop", "order", at + 0.002, 80, kind="server"),
        ]
        for n in range(tries if at >= 300 else 1):
            spans += [
                Span(trace, f"d{n}", "c", "shop", "call bank", at + 0.003 + n / 100, 5, kind="client"),
                Span(trace, f"e{n}", f"d{n}", "bank", "charge", at + 0.004 + n / 100, 3, kind="server"),
                Span(trace, f"f{n}", f"e{n}", "bank", "query", at + 0.005 + n / 100, 1, kind="client", peer="store"),
            ]
    return Folder(path).spans(*spans).open()


def found(path: Path, tries: int, every: int = 1) -> list[Evidence]:
    items = analyse_structure(telemetry(path, tries, every), SCOPE, SurveySettings())
    return [item for item in items if item.kind is EvidenceKind.CALLS_REPEATED]


def test_calls_tried_again_and_again_are_told_with_both_rates(tmp_path: Path) -> None:
    items = found(tmp_path, 7)
    assert {(e.subject.service, e.subject.operation) for e in items} == {("shop", "call bank"), ("bank", "charge")}
    charge = next(e for e in items if e.subject.service == "bank")
    assert (charge.baseline, charge.incident, charge.unit) == (1.0, 7.0, "1/request")
    assert "840 in 120 requests against 300 in 300" in charge.statement
    assert charge.effect > 10


def test_the_cited_table_prints_runs_and_requests(tmp_path: Path) -> None:
    charge = next(e for e in found(tmp_path, 7) if e.subject.service == "bank")
    assert "--table calls" in charge.query
    table = calls(telemetry(tmp_path / "again", 7), SCOPE, Filters(service="bank", operation="charge"))
    row = table.records()[0]
    assert (row["parents_incident"], row["requests_incident"]) == (840, 120)
    assert (row["parents_baseline"], row["requests_baseline"]) == (300, 300)


@pytest.mark.parametrize("tries", [0, 1])
def test_as_often_or_less_often_is_no_repeat(tmp_path: Path, tries: int) -> None:
    assert found(tmp_path, tries) == []


def test_more_customers_are_no_repeat(tmp_path: Path) -> None:
    """Twice the requests make twice the calls, and each of them as many as ever."""
    doubled = [Span(f"t{at}", "a", at=at / 2, kind="server") for at in range(600, 840)]
    calls_ = [Span(f"t{at}", "b", "a", "shop", "order", at / 2, kind="server") for at in range(600, 840)]
    calm = [Span(f"c{at}", "a", at=at, kind="server") for at in range(300)]
    below = [Span(f"c{at}", "b", "a", "shop", "order", at, kind="server") for at in range(300)]
    folder = Folder(tmp_path).spans(*doubled, *calls_, *calm, *below)
    items = analyse_structure(folder.open(), SCOPE, SurveySettings())
    assert [e for e in items if e.kind is EvidenceKind.CALLS_REPEATED] == []


def test_a_handful_of_requests_tells_nothing(tmp_path: Path) -> None:
    assert found(tmp_path, 7, every=60) == []
