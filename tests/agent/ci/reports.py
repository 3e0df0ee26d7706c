"""Reports of failed runs for tests."""

from __future__ import annotations

import datetime as dt

from agent.schema import Classification, FailureClass, Hypothesis, Report, Verdict, Windows
from tools.evidence import Evidence, EvidenceKind, Sample, Subject
from tools.faults import FaultKind

NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)


def ci_report(
    *,
    text: str = "shop/cart.py:12: AssertionError",
    lines: int = 3,
    pieces: int = 0,
    owner: str = "unknown",
    kind: FailureClass = FailureClass.REGRESSION,
) -> Report:
    """Return a report in which every foreign text is `text`."""
    told = Evidence(
        id="E1",
        kind=EvidenceKind.CI_LINES,
        subject=Subject(kind="job", name=text),
        statement=text,
        query="sed -n 120,122p build.log",
        samples=(Sample(kind="log", ref=f"{text}:120-122", text="\n".join([text] * lines)),),
    )
    change = Evidence(
        id="E2",
        kind=EvidenceKind.CI_CHANGE,
        subject=Subject(kind="file", name=text),
        statement=text,
        effect=4.0,
        query="git diff",
    )
    more = [told.model_copy(update={"id": f"E{number}", "samples": ()}) for number in range(3, 3 + pieces)]
    hypothesis = Hypothesis(
        rank=1,
        component=text,
        fault_kind=FaultKind.EXCEPTION,
        cause=text,
        confidence=0.8,
        supports=("E1", "E2"),
        missing=(text,),
        next_check=text,
        owner=owner,
        remediation=(text,),
    )
    return Report(
        verdict=Verdict.ROOT_CAUSE,
        summary=text,
        hypotheses=(hypothesis,),
        evidence=(told, change, *more),
        windows=Windows(incident=(NOON, NOON), baseline=(), chosen_by="run"),
        sources=(),
        classification=Classification(kind=kind, confidence=0.8, reasons=(text,), evidence=("E1",)),
        timings={"ci": 1.5},
    )
