"""The audit of printed claims, which knows nothing of how they were checked."""

import pytest

from agent.schema import Argument, Checked, Report
from evals.models.audit import unborne_claims
from tests.agent.render.sample import report
from tools.evidence import Evidence, EvidenceKind, Sample, Subject

ITEMS = (
    Evidence(
        id="E1",
        kind=EvidenceKind.LATENCY_SELF,
        subject=Subject(kind="operation", service="pay"),
        statement="s",
        baseline=20.0,
        incident=900.0,
        unit="ms",
        query="q",
    ),
    Evidence(
        id="E2",
        kind=EvidenceKind.TOOL_RESULT,
        subject=Subject(kind="change", name="abc"),
        statement="change abc",
        query="q",
        samples=(Sample(kind="change", text="-pool = 20\n+pool = 1"),),
    ),
)


def printed(sentence: str, *evidence: str) -> Report:
    claim = Checked(id="C1", component="pay", sentence=sentence, evidence=evidence, verified=True)
    plain = report().model_copy(update={"hypotheses": (), "evidence": ITEMS})
    return plain.model_copy(update={"argument": Argument(model="m", claims=(claim,))})


@pytest.mark.parametrize(
    ("sentence", "evidence"),
    [
        ("self-time of pay rose from 20 ms to 900 ms", ("E1",)),
        ("a change near pay reads “pool = 1”", ("E2",)),
        ("what is seen on front comes from pay, which it calls", ("E1",)),
    ],
)
def test_what_the_evidence_holds_passes(sentence: str, evidence: tuple[str, ...]) -> None:
    assert unborne_claims(printed(sentence, *evidence)) == []


@pytest.mark.parametrize(
    ("sentence", "evidence"),
    [
        ("self-time of pay rose from 20 ms to 512 ms", ("E1",)),
        ("self-time of pay rose from 20 s to 900 s", ("E1",)),
        ("self-time of pay rose from 20 ms to 900 ms", ("E2",)),
        ("self-time of pay rose from 20 ms to 900 ms", ("E9",)),
        ("self-time of pay rose from 20 ms to 900 ms", ()),
        ("a change near pay reads “pool = 7”", ("E2",)),
    ],
)
def test_what_it_does_not_hold_is_named(sentence: str, evidence: tuple[str, ...]) -> None:
    assert [claim.id for claim in unborne_claims(printed(sentence, *evidence))] == ["C1"]


def test_without_a_model_there_is_nothing_to_audit() -> None:
    assert unborne_claims(report()) == []


def test_words_that_look_like_numbers_are_none() -> None:
    assert unborne_claims(printed("time on the way to e-1.shop from pay rose from 20 ms to 900 ms", "E1")) == []
