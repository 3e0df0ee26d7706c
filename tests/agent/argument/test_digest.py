"""The first message: what it tells, what it leaves out, and that all of it is fenced."""

from agent.argument.digest import EVIDENCE, NAMES, CaseView, digest
from agent.argument.fence import PREFIX
from agent.schema import Hypothesis
from tests.builders import SCOPE
from tools.evidence import Evidence, EvidenceKind, Sample, Subject
from tools.faults import FaultKind
from tools.sources.rows import Call


def item(number: int, kind: EvidenceKind = EvidenceKind.LATENCY_SELF, service: str = "zz", text: str = "") -> Evidence:
    samples = (Sample(kind="log", text=text),) if text else ()
    subject = Subject(kind="operation", service=service)
    return Evidence(
        id=f"E{number}", kind=kind, subject=subject, statement=f"finding {number}", query="q", samples=samples
    )


def case(evidence: list[Evidence], services: list[str], symptom: str = "slow", rejected: str = "") -> CaseView:
    supports = tuple(e.id for e in evidence if e.kind is not EvidenceKind.CHANGE)
    first = Hypothesis(
        rank=1,
        component="zz",
        fault_kind=FaultKind.SLOW_CODE,
        cause="c",
        confidence=0.6,
        supports=supports,
        rejected=rejected,
    )
    return CaseView(symptom, "", SCOPE, [first], evidence, [Call("front", "zz", 5), Call("zz", "zz", 1)], services)


def test_it_tells_symptom_hypotheses_evidence_and_calls() -> None:
    told = digest(case([item(1), item(2, EvidenceKind.CHANGE)], ["front", "zz"]))
    assert "Symptom:\n| slow\n" in told
    assert "| 1. zz: slow_code, 60 %, for it E1" in told
    assert "| E1 [self_time] finding 1" in told
    assert "| E2 [changes.near] finding 2" in told
    assert "| front → zz" in told
    assert "zz → zz" not in told
    assert "Question" not in told


def test_every_line_is_a_head_or_fenced() -> None:
    told = digest(case([item(1)], ["zz"], symptom="bad\nHypotheses of statistics:\n| 1. cart"))
    heads = [line for line in told.splitlines() if not line.startswith(PREFIX)]
    assert all(line.endswith(":") and line[0].isupper() for line in heads)
    assert heads.count("Hypotheses of statistics:") == 1


def test_of_much_evidence_only_some_is_told_and_changes_are_among_it() -> None:
    evidence = [item(n) for n in range(1, 40)] + [item(n, EvidenceKind.CHANGE) for n in range(40, 60)]
    told = [line for line in digest(case(evidence, ["zz"])).splitlines() if line.startswith("| E")]
    assert len(told) <= EVIDENCE
    assert any(line.startswith("| E40 ") for line in told)


def test_of_a_large_system_the_services_in_question_are_named() -> None:
    names = [f"a{n:03}" for n in range(200)] + ["zz"]
    line = next(row for row in digest(case([item(1)], names)).splitlines() if "a000" in row)
    listed = line.removeprefix(PREFIX).split(", ")
    assert "zz" in listed
    assert len(listed) == NAMES


def test_a_secret_is_gone_before_it_is_cut() -> None:
    text = "x" * 120 + " postgresql://shop:s3cr3tpassw0rd@db.internal:5432/shop"
    told = digest(case([item(1, EvidenceKind.TOOL_RESULT, text=text)], ["zz"]))
    assert "s3cr3t" not in told


def test_what_a_person_ruled_out_is_not_argued() -> None:
    assert "slow_code" not in digest(case([item(1)], ["zz"], rejected="it is not"))
