"""Gather: one look at each of the leading hypotheses."""

from pathlib import Path

import pytest

from agent.investigation.gather import LEADING, gather
from agent.investigation.investigate import open_context
from agent.investigation.state import Context, State, dump, evidence_of, hypotheses_of
from agent.schema import Hypothesis, Incident
from tests.builders import SCOPE, Folder, Log, ns, shop
from tools.config import Settings
from tools.evidence import Evidence, EvidenceKind, Subject, onset_of
from tools.faults import FaultKind

SEEN = Evidence(id="E1", kind=EvidenceKind.CHANGE, subject=Subject(kind="system"), statement="seen", query="q")


def hypothesis(rank: int, component: str, operation: str = "") -> Hypothesis:
    return Hypothesis(
        rank=rank,
        component=component,
        operation=operation,
        fault_kind=FaultKind.CPU_SATURATION,
        cause="c",
        confidence=0.5,
        supports=("E1",),
    )


def state(*hypotheses: Hypothesis) -> State:
    return {"scope": SCOPE.model_dump_json(), "evidence": dump([SEEN]), "hypotheses": dump(list(hypotheses))}


def context(folder: Folder) -> Context:
    return open_context(Incident(folder=folder.path), Settings(), "run", None)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path).spans(*shop(0, 60), *shop(60, 60, {"bank": 300.0}, failing="bank"))


def test_the_worst_span_is_shown_beside_a_typical_one(folder: Folder) -> None:
    update = gather(state(hypothesis(1, "bank", "serve bank")), context(folder))
    found = evidence_of(update)
    assert [e.id for e in found] == ["E1", "E2"]
    assert (found[1].kind, found[1].subject.service) == (EvidenceKind.TOOL_RESULT, "bank")
    assert found[1].statement.startswith("worst span of bank serve bank in the incident: ")
    assert "status ERROR; a typical one before: " in found[1].statement
    assert "UNSET" not in found[1].statement
    worst, typical = (sample.times[0] for sample in found[1].samples)
    assert SCOPE.incident.contains(worst)
    assert SCOPE.baseline[0].contains(typical)
    assert hypotheses_of(update)[0].supports == ("E1", "E2")


def test_alarming_lines_of_the_component_are_shown(folder: Folder) -> None:
    lines = [Log("bank", f"ledger locked {i}", at=70 + i, severity="error", trace=f"t{i}") for i in range(5)]
    folder.logs(*lines, Log("bank", "hello", at=69), Log("cart", "lost", at=65, severity="ERROR"))
    found = evidence_of(gather(state(hypothesis(1, "bank")), context(folder)))[1]
    assert found.statement.startswith("bank logged 5 alarming lines")
    assert found.onset == onset_of(ns(70))
    assert [sample.ref for sample in found.samples] == ["t0", "t1", "t2"]


def test_lines_before_the_incident_and_calm_lines_do_not_count(folder: Folder) -> None:
    folder.logs(Log("bank", "old trouble", at=30, severity="ERROR"), Log("bank", "fine", at=70))
    assert len(evidence_of(gather(state(hypothesis(1, "bank")), context(folder)))) == 1


def test_only_the_leading_are_looked_into_and_ids_go_on(folder: Folder) -> None:
    asked = [hypothesis(rank, "bank", "serve bank") for rank in range(1, LEADING + 3)]
    update = gather(state(*asked), context(folder))
    assert [e.id for e in evidence_of(update)] == [f"E{i}" for i in range(1, LEADING + 2)]
    expected = [("E1", f"E{rank + 1}") if rank <= LEADING else ("E1",) for rank in range(1, LEADING + 3)]
    assert [h.supports for h in hypotheses_of(update)] == expected


@pytest.mark.parametrize("operation", ["", "no such operation"])
def test_without_an_operation_to_look_at_nothing_is_added(folder: Folder, operation: str) -> None:
    update = gather(state(hypothesis(1, "bank", operation)), context(folder))
    assert evidence_of(update) == [SEEN]
    assert hypotheses_of(update)[0].supports == ("E1",)


def test_no_hypotheses_are_no_work(folder: Folder) -> None:
    assert evidence_of(gather(state(), context(folder))) == [SEEN]
