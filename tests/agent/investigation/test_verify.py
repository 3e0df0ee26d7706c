"""Verify: chains, contradictions, gaps and owners."""

import datetime as dt
from pathlib import Path

import pytest

from agent.investigation.investigate import open_context
from agent.investigation.state import Context, State, dump, hypotheses_of
from agent.investigation.verify import contradictions, topology_of, verify
from agent.schema import Hypothesis, Incident
from tests.builders import SCOPE, Folder, Log, gauge, shop
from tools.config import Settings
from tools.evidence import Evidence, EvidenceKind, Subject
from tools.faults import FaultKind
from tools.sources.rows import Call
from tools.window import to_datetime

START = to_datetime(SCOPE.incident.start_ns)
GRAPH = [Call("front", "pay", 9), Call("pay", "bank", 9), Call("pay", "pay", 1)]


def seen(
    number: int,
    service: str,
    onset_s: float | None = 0.0,
    kind: EvidenceKind = EvidenceKind.LATENCY_SELF,
    effect: float = 9.0,
) -> Evidence:
    return Evidence(
        id=f"E{number}",
        kind=kind,
        subject=Subject(kind="operation", service=service),
        statement="s",
        effect=effect,
        onset=None if onset_s is None else START + dt.timedelta(seconds=onset_s),
        query="q",
    )


def hypothesis(component: str, *supports: str, rank: int = 1, kind: FaultKind = FaultKind.CPU_SATURATION) -> Hypothesis:
    return Hypothesis(rank=rank, component=component, fault_kind=kind, cause="c", confidence=0.5, supports=supports)


def against(*evidence: Evidence) -> list[str]:
    return [e.id for e in contradictions(hypothesis("pay", "E1"), list(evidence), GRAPH)]


def context(folder: Folder, **settings: object) -> Context:
    return open_context(Incident(folder=folder.path), Settings.model_validate(settings), "run", None)


def check(context: Context, evidence: list[Evidence], *asked: Hypothesis) -> list[Hypothesis]:
    state: State = {"scope": SCOPE.model_dump_json(), "evidence": dump(evidence), "hypotheses": dump(list(asked))}
    return hypotheses_of(verify(state, context))


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path).spans(*shop(0, 60), *shop(60, 60, {"bank": 100.0}))


def test_a_callee_that_deviates_first_or_at_once_speaks_against() -> None:
    assert against(seen(1, "pay", 10), seen(2, "bank", 0)) == ["E2"]
    assert against(seen(1, "pay", 10), seen(2, "bank", 10)) == ["E2"]
    assert against(seen(1, "pay", 10), seen(2, "bank", 11)) == []
    assert against(seen(1, "pay", None), seen(2, "bank", 99)) == ["E2"]


def test_callers_undated_and_merely_affected_callees_do_not_speak_against() -> None:
    assert against(seen(1, "pay"), seen(2, "front", -5)) == []
    assert against(seen(1, "pay"), seen(2, "bank", None)) == []
    for kind in (EvidenceKind.CHANGE, EvidenceKind.LATENCY_TOTAL, EvidenceKind.TRAFFIC):
        assert against(seen(1, "pay"), seen(2, "bank", kind=kind)) == []


def test_a_service_that_calls_itself_does_not_contradict_itself() -> None:
    assert against(seen(1, "pay"), seen(2, "pay", -5)) == []


def test_the_strongest_four_are_cited() -> None:
    found = against(seen(1, "pay", 10), *(seen(n, "bank", 0, effect=float(n) * (-1) ** n) for n in range(2, 9)))
    assert found == ["E8", "E7", "E6", "E5"]


def test_a_finished_hypothesis_has_chain_and_owner(folder: Folder) -> None:
    evidence = [seen(1, "bank"), seen(2, "pay", 1, EvidenceKind.LATENCY_TOTAL), seen(3, "front", 2)]
    (found,) = check(context(folder, owners={"bank": "treasury"}), evidence, hypothesis("bank", "E1"))
    assert [link.component for link in found.chain] == ["bank", "pay", "front"]
    assert all(link.verified for link in found.chain)
    assert (found.owner, found.contradicts) == ("treasury", ())


def test_no_more_hypotheses_are_kept_than_shown(folder: Folder) -> None:
    asked = [hypothesis("bank", "E1", rank=rank) for rank in range(1, 5)]
    assert len(check(context(folder, ranking={"hypotheses": 2}), [seen(1, "bank")], *asked)) == 2


def test_absent_signals_and_an_unknown_onset_are_named(folder: Folder) -> None:
    (found,) = check(context(folder), [seen(1, "bank", None)], hypothesis("bank", "E1"))
    assert found.missing == ("logs: none were given", "metrics: none were given", "no onset could be dated")


def test_a_lack_of_resources_that_no_metric_shows_is_named(folder: Folder) -> None:
    folder.logs(Log("bank", "hi")).metrics(*gauge("bank", "cpu", [1.0] * 12))
    asked = hypothesis("bank", "E1")
    shown = seen(2, "bank", kind=EvidenceKind.METRIC_SHIFT)
    assert check(context(folder), [seen(1, "bank")], asked)[0].missing == ("no resource metric of bank deviates",)
    assert check(context(folder), [seen(1, "bank"), shown], asked)[0].missing == ()


def test_the_call_graph_is_seen_in_traces_or_else_given(folder: Folder, tmp_path: Path) -> None:
    state: State = {"scope": SCOPE.model_dump_json()}
    given = ("web", "db", 7)
    seen_calls = topology_of(state, context(folder.topology(given)))
    assert {(c.caller, c.callee) for c in seen_calls} == {("front", "cart"), ("front", "pay"), ("pay", "bank")}
    logs_only = Folder(tmp_path / "logs").logs(Log("web", "hi")).topology(given)
    assert topology_of(state, context(logs_only)) == [Call("web", "db", 7)]
