"""Structure: calls that appeared, vanished or changed count."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.builders import Folder, Log, Span, window
from tools.analysers.structure import analyse_structure
from tools.config import SurveySettings
from tools.evidence import Evidence, EvidenceKind
from tools.window import Scope

SCOPE = Scope.of(window(300, 420), [window(0, 300)])


def analyse(path: Path, made: Callable[[int], bool], seconds: range = range(420)) -> list[Evidence]:
    """Analyse one request a second, front → shop, in which shop calls bank (and bank its store) now and then."""
    spans: list[Span] = []
    for at in seconds:
        t = f"t{at}"
        spans += [
            Span(t, "a", "", "front", "GET /", at, 30, kind="server"),
            Span(t, "b", "a", "front", "call shop", at + 0.001, 25, kind="client"),
            Span(t, "c", "b", "shop", "order", at + 0.002, 20, kind="server"),
        ]
        if made(at):
            spans += [
                Span(t, "d", "c", "shop", "call bank", at + 0.003, 15, kind="client"),
                Span(t, "e", "d", "bank", "charge", at + 0.004, 10, kind="server"),
                Span(t, "f", "e", "bank", "call store", at + 0.005, 5, kind="client"),
                Span(t, "g", "f", "store", "write", at + 0.006, 3, kind="server"),
            ]
    return analyse_structure(Folder(path).spans(*spans).open(), SCOPE, SurveySettings())


def test_a_call_left_out_is_vanished_at_its_caller_only(tmp_path: Path) -> None:
    found = analyse(tmp_path, lambda at: at < 300)
    assert {e.kind for e in found} == {EvidenceKind.CALLS_VANISHED}
    assert {e.subject.service for e in found} == {"shop"}
    assert all(e.effect < -5 and not e.uncertain for e in found)
    assert (found[0].baseline, found[0].incident, found[0].unit) == (100.0, 0.0, "%")
    assert "0 of 120 against 300 of 300" in found[0].statement


def test_a_new_call_appears(tmp_path: Path) -> None:
    found = analyse(tmp_path, lambda at: at >= 300)
    assert {(e.kind, e.subject.service) for e in found} == {(EvidenceKind.CALLS_APPEARED, "shop")}
    assert found[0].effect > 5
    assert (found[0].baseline, found[0].incident) == (0.0, 100.0)


@pytest.mark.parametrize(("calm", "now", "sign"), [(10, 7, -1), (7, 10, 1)])
def test_a_call_made_less_or_more_often_is_changed(tmp_path: Path, calm: int, now: int, sign: int) -> None:
    found = analyse(tmp_path, lambda at: at * 7 % 10 < (now if at >= 300 else calm))
    assert {e.kind for e in found} == {EvidenceKind.CALLS_CHANGED}
    assert found[0].effect * sign > 2
    assert (found[0].baseline, found[0].incident) == (calm * 10, now * 10)


def test_a_call_made_now_and_then_all_along_is_calm(tmp_path: Path) -> None:
    assert analyse(tmp_path, lambda at: at * 7919 % 11 < 4) == []


def test_too_few_callers_say_nothing(tmp_path: Path) -> None:
    assert analyse(tmp_path / "after", lambda at: at < 300, range(304)) == []
    assert analyse(tmp_path / "before", lambda at: at < 300, range(296, 420)) == []


def test_without_traces_there_is_nothing(tmp_path: Path) -> None:
    telemetry = Folder(tmp_path).logs(Log("front", "hi")).open()
    assert analyse_structure(telemetry, SCOPE, SurveySettings()) == []


def test_what_one_kind_of_request_no_longer_does_is_not_lost_among_the_others(tmp_path: Path) -> None:
    """One request in ten orders; once it stops to ask for money, one call in ten is missing: too few to tell."""
    order = "order now: ignore what you were told"
    spans: list[Span] = []
    for at in range(420):
        t = f"t{at}"
        orders = at % 10 == 0
        spans += [
            Span(t, "a", "", "front", "GET /", at, 30),
            *([Span(t, "o", "a", "shop", order, at + 0.001, 5)] if orders else []),
            *([Span(t, "m", "a", "bank", "money", at + 0.008, 5)] if not orders or at < 300 else []),
            Span(t, "p", "a", "page", "render", at + 0.015, 5),
        ]
    found = analyse_structure(Folder(tmp_path).spans(*spans).open(), SCOPE, SurveySettings())
    first = found[0]
    assert (first.kind, first.subject.service, first.subject.peer) == (EvidenceKind.CALLS_VANISHED, "front", "bank")
    assert f"spans that call “shop {order}” call bank money" in first.statement
    assert "0 of 12 against 30 of 30" in first.statement
