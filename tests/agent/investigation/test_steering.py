"""A person watches an investigation, stops it, and says what they know."""

from pathlib import Path

import pytest

from agent.investigation import Interim, Watch, investigate, resume, revise
from agent.runs import find_run
from agent.schema import Incident, Observation, Rejection, Report, Steering, Verdict
from tests.builders import BASELINE, INCIDENT, Folder, Log, shop
from tools.config import Settings
from tools.errors import RunError
from tools.evidence import EvidenceKind


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(runs=tmp_path / "runs")


@pytest.fixture
def asked(tmp_path: Path) -> Incident:
    folder = Folder(tmp_path / "in").spans(*shop(0, 60), *shop(60, 60, {"bank": 300.0, "pay": 30.0}))
    folder.logs(*(Log("bank", f"ledger locked {n}", at=70 + n, severity="ERROR") for n in range(5)))
    return Incident(folder=folder.path, incident_window=INCIDENT, baseline_window=BASELINE)


def rejected(component: str) -> Steering:
    return Steering(rejected=(Rejection(component=component, reason="restarted, still slow"),))


def components(report: Report) -> list[str]:
    return [hypothesis.component for hypothesis in report.hypotheses]


def test_whoever_watches_sees_evidence_arrive_and_hypotheses_ranked(asked: Incident, settings: Settings) -> None:
    seen: list[Interim] = []
    report = investigate(asked, settings, watch=Watch(seen.append))
    assert seen[0].node == "intake"
    assert seen[-1].node == "report"
    during = [interim for interim in seen if interim.node == "survey"]
    assert [len(interim.evidence) for interim in during] == sorted(len(interim.evidence) for interim in during)
    assert any(interim.hypotheses for interim in during)
    assert [h.component for h in seen[-1].hypotheses] == components(report)


def test_watching_changes_nothing(asked: Incident, settings: Settings) -> None:
    watched = investigate(asked, settings, watch=Watch(lambda interim: None))
    alone = investigate(asked, settings)
    assert watched.hypotheses == alone.hypotheses
    assert [item.statement for item in watched.evidence] == [item.statement for item in alone.evidence]


def test_a_stopped_survey_says_what_was_not_read(asked: Incident, settings: Settings) -> None:
    watch = Watch(lambda interim: watch.stop())
    report = investigate(asked, settings, watch=watch)
    notes = [note for source in report.sources if source.signal == "survey" for note in source.notes]
    assert notes
    assert all("stopped before it was done" in note for note in notes)
    assert report.verdict is not Verdict.HEALTHY
    assert resume(report.run_id, settings) == report


def test_stopped_before_anything_was_found_is_not_called_healthy(asked: Incident, settings: Settings) -> None:
    watch = Watch()
    watch.stop()
    report = investigate(asked, settings, watch=watch)
    assert (report.verdict, report.hypotheses) == (Verdict.INCONCLUSIVE, ())
    assert report.summary == "nothing stood out in what could be read"


def test_stopped_while_gathering_keeps_the_ranking(asked: Incident, settings: Settings) -> None:
    watch = Watch(lambda interim: watch.stop() if interim.node == "propose" else None)
    report = investigate(asked, settings, watch=watch)
    assert report.hypotheses[0].component == "bank"
    assert any("gather: stopped before bank" in note for source in report.sources for note in source.notes)


def test_a_rejected_cause_gives_way_and_is_kept_in_sight(asked: Incident, settings: Settings) -> None:
    first = investigate(asked, settings)
    revised = revise(first.run_id, rejected("bank"), settings)
    assert components(first)[0] == "bank"
    assert components(revised)[0] != "bank"
    assert components(revised)[-1] == "bank"
    assert revised.hypotheses[-1].rejected == "restarted, still slow"
    assert revised.evidence[: len(first.evidence)] == first.evidence
    assert find_run(settings.runs, first.run_id).report() == revised


def test_the_next_queries_leave_out_what_was_rejected(asked: Incident, settings: Settings) -> None:
    looked: list[str] = []

    def told(node: str, step: str) -> None:
        looked.append(step)

    report = investigate(asked.model_copy(update={"steering": rejected("bank")}), settings, told)
    gathered = [item for item in report.evidence if item.kind is EvidenceKind.TOOL_RESULT]
    assert gathered
    assert not [item for item in gathered if item.subject.service == "bank"]


def test_a_rejection_can_be_taken_back(asked: Incident, settings: Settings) -> None:
    first = investigate(asked, settings)
    revise(first.run_id, rejected("bank"), settings)
    again = revise(first.run_id, Steering(), settings)
    assert [(h.component, h.confidence, h.rejected) for h in again.hypotheses] == [
        (h.component, h.confidence, "") for h in first.hypotheses
    ]


def test_an_observation_becomes_evidence_once(asked: Incident, settings: Settings) -> None:
    first = investigate(asked, settings)
    said = Steering(observations=(Observation(text="the ledger disk is full", component="bank", speaks="for"),))
    for _ in range(2):
        revised = revise(first.run_id, said, settings)
    own = [item for item in revised.evidence if item.kind is EvidenceKind.OBSERVATION]
    assert [(item.subject.service, item.statement) for item in own] == [("bank", "the ledger disk is full")]
    assert own[0].id in revised.hypotheses[0].supports
    assert own[0].query == f"whydown report {first.run_id} --evidence {own[0].id}"


def test_an_observation_against_is_cited_against(asked: Incident, settings: Settings) -> None:
    first = investigate(asked, settings)
    said = Steering(observations=(Observation(text="bank is idle", component="bank", speaks="against"),))
    revised = revise(first.run_id, said, settings)
    bank = next(h for h in revised.hypotheses if h.component == "bank")
    own = next(item for item in revised.evidence if item.kind is EvidenceKind.OBSERVATION)
    assert own.id in bank.contradicts
    assert bank.confidence < first.hypotheses[0].confidence


def test_a_run_that_was_never_surveyed_cannot_be_weighed_again(asked: Incident, settings: Settings) -> None:
    def die(node: str, step: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        investigate(asked, settings, die)
    with pytest.raises(RunError, match="not been surveyed"):
        revise("last", rejected("bank"), settings)


def test_ruling_out_the_only_cause_does_not_make_the_system_healthy(tmp_path: Path, settings: Settings) -> None:
    folder = Folder(tmp_path / "in").spans(*shop(0, 60), *shop(60, 60, {"bank": 300.0}))
    asked = Incident(folder=folder.path, incident_window=INCIDENT, baseline_window=BASELINE)
    first = investigate(asked, settings)
    said = Steering(rejected=tuple(Rejection(component=name, reason="no") for name in components(first)))
    report = revise(first.run_id, said, settings)
    assert report.verdict is Verdict.INCONCLUSIVE
    assert report.summary == "nothing stood out in what could be read"
