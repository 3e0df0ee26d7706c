"""The survey: which analysers run, and what a failing source takes down."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from tests.builders import SCOPE, Folder, Log, gauge, shop
from tools.analysers import ALL
from tools.analysers.base import Analyser
from tools.analysers.survey import run_survey
from tools.config import SurveySettings
from tools.errors import SourceError
from tools.evidence import Evidence, EvidenceKind, Subject
from tools.sources import Telemetry
from tools.window import Scope

SETTINGS = SurveySettings()
TRACES = {a.name for a in ALL if a.signals == ("traces",)}


@pytest.fixture
def telemetry(tmp_path: Path) -> Telemetry:
    """A shop in which the bank becomes slow, with logs, a metric and a change."""
    folder = Folder(tmp_path).spans(*shop(0, 60), *shop(60, 60, {"bank": 200.0}))
    folder.logs(
        *(Log("bank", "charged", at=i) for i in range(120)), *(Log("bank", "slow", at=61 + i) for i in range(9))
    )
    return folder.metrics(*gauge("bank", "cpu", [1, 1.1, 0.9, 1, 1, 1.05, 9, 9, 9, 9, 9, 9])).change(50, "bank").open()


def evidence(text: str) -> Evidence:
    return Evidence(kind=EvidenceKind.CHANGE, subject=Subject(kind="system"), statement=text, query="q")


def analyser(name: str, *texts: str, signals: tuple[str, ...] = ()) -> Analyser:
    return Analyser(name, signals, lambda t, scope, settings: [evidence(text) for text in texts])


def failing(name: str) -> Analyser:
    def run(telemetry: Telemetry, scope: Scope, settings: SurveySettings) -> list[Evidence]:
        raise SourceError("the backend is down", "start it")

    return Analyser(name, (), run)


def test_all_signals_are_looked_at(telemetry: Telemetry) -> None:
    survey = run_survey(telemetry, SCOPE, SETTINGS, ALL)
    assert set(survey.seconds) == {a.name for a in ALL}
    assert {e.analyser for e in survey.evidence} >= {"latency", "logs", "metrics", "changes", "topology"}
    assert {e.subject.service for e in survey.evidence if e.analyser in {"latency", "metrics"}} == {"bank"}
    assert survey.failures == []


def test_ids_count_from_one_in_the_order_of_the_analysers(telemetry: Telemetry) -> None:
    survey = run_survey(telemetry, SCOPE, SETTINGS, ALL)
    assert [e.id for e in survey.evidence] == [f"E{i}" for i in range(1, len(survey.evidence) + 1)]
    order = [a.name for a in ALL]
    found = [order.index(e.analyser) for e in survey.evidence]
    assert found == sorted(found)


@pytest.mark.parametrize(
    ("signal", "silent"), [("traces", TRACES), ("logs", {"logs"}), ("metrics", {"metrics"}), ("changes", {"changes"})]
)
def test_analysers_of_a_missing_signal_do_not_run(telemetry: Telemetry, signal: str, silent: set[str]) -> None:
    without = Telemetry(**{**{s: getattr(telemetry, s) for s in telemetry.available()}, signal: None})
    survey = run_survey(without, SCOPE, SETTINGS, ALL)
    assert {a.name for a in ALL} - set(survey.seconds) == silent
    assert not any(e.analyser in silent for e in survey.evidence)
    assert survey.failures == []


def test_analysers_switched_off_do_not_run(telemetry: Telemetry) -> None:
    off = SurveySettings(analysers_off=("latency", "segments"))
    assert {a.name for a in ALL} - set(run_survey(telemetry, SCOPE, off, ALL).seconds) == {"latency", "segments"}


def test_a_failing_source_takes_down_its_analysers_only(telemetry: Telemetry, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(scope: Scope) -> None:
        raise SourceError("the store of logs refuses", "ask it later")

    monkeypatch.setattr(telemetry.logs, "lines", refuse)
    survey = run_survey(telemetry, SCOPE, SETTINGS, ALL)
    assert survey.failures == ["logs: the store of logs refuses: ask it later"]
    assert {a.name for a in ALL} - set(survey.seconds) == {"logs"}
    assert any(e.analyser == "latency" for e in survey.evidence)


def test_failures_are_named_in_order_and_leave_no_hole_in_the_ids() -> None:
    wanted = [analyser("one", "a"), failing("late"), failing("early"), analyser("two", "b", "c")]
    survey = run_survey(Telemetry(), SCOPE, SETTINGS, wanted)
    assert [(e.id, e.statement) for e in survey.evidence] == [("E1", "a"), ("E2", "b"), ("E3", "c")]
    assert [text.partition(":")[0] for text in survey.failures] == ["early", "late"]


def test_a_mistake_in_an_analyser_is_not_hidden() -> None:
    def broken(telemetry: Telemetry, scope: Scope, settings: SurveySettings) -> list[Evidence]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run_survey(Telemetry(), SCOPE, SETTINGS, [Analyser("broken", (), broken)])


def test_analysers_run_at_the_same_time() -> None:
    meet = threading.Barrier(2, timeout=5)

    def run(telemetry: Telemetry, scope: Scope, settings: SurveySettings) -> list[Evidence]:
        meet.wait()
        return []

    waiting = Analyser("waiting", (), run)
    survey = run_survey(Telemetry(), SCOPE, SETTINGS, [waiting, replace(waiting, name="other")])
    assert set(survey.seconds) == {"waiting", "other"}


def test_progress_names_each_analyser_once() -> None:
    seen: list[str] = []
    wanted = [analyser("one"), failing("two"), analyser("three", signals=("traces",))]
    run_survey(Telemetry(), SCOPE, SETTINGS, wanted, seen.append)
    assert sorted(seen) == ["one", "two"]


def test_nothing_to_run_is_nothing_found() -> None:
    survey = run_survey(Telemetry(), SCOPE, SETTINGS, ALL)
    assert (survey.evidence, survey.seconds, survey.failures) == ([], {}, [])


def test_evidence_so_far_is_told_as_it_arrives() -> None:
    told: list[list[str]] = []
    wanted = [analyser("one", "a"), analyser("two", "b")]
    run_survey(Telemetry(), SCOPE, SETTINGS, wanted, found_so_far=lambda found: told.append([e.id for e in found]))
    assert told == [["E1"], ["E1", "E2"]]


def test_a_stopped_survey_waits_for_nobody_and_names_who_was_not_done() -> None:
    release = threading.Event()

    def run(telemetry: Telemetry, scope: Scope, settings: SurveySettings) -> list[Evidence]:
        release.wait(5)
        return []

    stopped = threading.Event()
    wanted = [analyser("quick", "a"), Analyser("slow", (), run)]
    survey = run_survey(
        Telemetry(), SCOPE, SETTINGS, wanted, found_so_far=lambda found: stopped.set(), stopped=stopped.is_set
    )
    release.set()
    assert [e.statement for e in survey.evidence] == ["a"]
    assert survey.failures == ["slow: stopped before it was done"]
