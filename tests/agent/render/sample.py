"""A report made by hand, with something in every field."""

from __future__ import annotations

import datetime as dt

from agent.schema import ChainLink, Hypothesis, Report, SourceStatus, Verdict, Windows
from tools.evidence import Evidence, EvidenceKind, Sample, Subject
from tools.faults import FaultKind
from tools.window import to_ns

T0 = dt.datetime(2026, 11, 24, 10, 0, tzinfo=dt.UTC)
QUERY = (
    "whydown show shop traces --table operations --incident 2026-11-24T10:00:00Z..2026-11-24T10:05:00Z "
    "--baseline 2026-11-24T09:50:00Z..2026-11-24T10:00:00Z --service payment --operation 'POST /charge'"
)
HOSTILE = (
    "\x1b[31mred\x1b[0m [bold]b[/bold] <img src=x> @octocat #12 http://evil.example \x07| `x` \u202eabc " + "y" * 5000
)


def at(seconds: float) -> dt.datetime:
    """Return a moment relative to the start of the incident."""
    return T0 + dt.timedelta(seconds=seconds)


def series(level: float, later: float, start: int = -600, end: int = 300, step: int = 10) -> Sample:
    """Return a series that leaves its level 30 seconds into the incident."""
    seconds = range(start, end, step)
    values = tuple((level if second < 30 else later) * (1 + 0.05 * (second % 3)) for second in seconds)
    return Sample(kind="series", ref="median per bucket", times=tuple(to_ns(at(s)) for s in seconds), values=values)


def evidence(
    number: int, statement: str, effect: float = 5.0, kind: EvidenceKind = EvidenceKind.LATENCY_SELF
) -> Evidence:
    """Return evidence E<number> about payment with a series."""
    return Evidence(
        id=f"E{number}",
        kind=kind,
        subject=Subject(kind="operation", service="payment", operation="POST /charge"),
        statement=statement,
        baseline=3.1,
        incident=118.0,
        unit="ms",
        effect=effect,
        onset=at(30),
        query=QUERY,
        samples=(series(3.1, 118.0),),
    )


EVIDENCE = (
    evidence(1, "self-time of payment POST /charge rose from 3.1 ms to 118 ms (median)", 41.23),
    evidence(2, "process.cpu.utilization of payment rose from 0.11 to 0.13", 3.4, EvidenceKind.METRIC_SHIFT),
    evidence(3, "payment logs a new line 88 times: waiting for lock charges", 12.0, EvidenceKind.LOG_NEW),
    evidence(4, "POST /checkout of gateway rose from 24 ms to 141 ms (median)", 28.0, EvidenceKind.LATENCY_TOTAL),
)
FIRST = Hypothesis(
    rank=1,
    component="payment",
    operation="POST /charge",
    fault_kind=FaultKind.SLOW_CODE,
    cause="payment waits for a lock",
    chain=(
        ChainLink(component="payment", effect="POST /charge takes 118 ms", evidence=("E1", "E3")),
        ChainLink(component="checkout", effect="waits for payment", verified=False, reason="no such edge"),
        ChainLink(component="gateway", effect="POST /checkout is slow", evidence=("E4",)),
    ),
    confidence=0.87,
    supports=("E3", "E1"),
    contradicts=("E2",),
    missing=("a CPU profile of payment",),
    next_check="Take a CPU profile of payment for 30 seconds.",
    owner="team-payments",
    remediation=("Roll payment back to v41.", "Look for the lock that the new log line names."),
)
SECOND = Hypothesis(
    rank=2,
    component="redis",
    fault_kind=FaultKind.DEPENDENCY_DOWN,
    cause="redis does not answer",
    confidence=0.003,
    contradicts=("E2",),
    remediation=("Restart redis.",),
)


def report(
    *hypotheses: Hypothesis, verdict: Verdict = Verdict.ROOT_CAUSE, items: tuple[Evidence, ...] = EVIDENCE
) -> Report:
    """Return a report with the given hypotheses, by default both of the sample."""
    return Report(
        run_id="20261124T100600-abc123",
        symptom="checkout is slow",
        verdict=verdict,
        summary="payment waits for a lock",
        hypotheses=hypotheses or (FIRST, SECOND),
        evidence=items,
        windows=Windows(incident=(at(0), at(300)), baseline=((at(-600), at(0)),), chosen_by="incident.json"),
        sources=(
            SourceStatus(signal="traces", available=True, name="traces.parquet", notes=("12 spans are left out",)),
            SourceStatus(signal="logs", available=False, notes=("missing",)),
        ),
        timings={"intake": 0.02, "survey": 1.13, "survey.latency": 0.4},
    )


def healthy() -> Report:
    """Return the report of a healthy system."""
    empty = report(FIRST, verdict=Verdict.HEALTHY)
    return empty.model_copy(
        update={
            "hypotheses": (),
            "evidence": (),
            "summary": "nothing deviates more than it does in the baseline itself",
        }
    )


def hostile() -> Report:
    """Return a report in which every foreign text is hostile."""
    first = FIRST.model_copy(
        update={
            "component": HOSTILE,
            "operation": HOSTILE,
            "cause": HOSTILE,
            "owner": HOSTILE,
            "next_check": HOSTILE,
            "missing": (HOSTILE,),
            "remediation": (HOSTILE,),
            "chain": (ChainLink(component=HOSTILE, effect=HOSTILE, verified=False, reason=HOSTILE),),
        }
    )
    items = tuple(
        item.model_copy(
            update={
                "statement": HOSTILE,
                "subject": Subject(kind="operation", service=HOSTILE),
                "unit": HOSTILE,
                "samples": (item.samples[0].model_copy(update={"ref": HOSTILE}),),
            }
        )
        for item in EVIDENCE
    )
    source = SourceStatus(signal="traces", available=True, notes=(HOSTILE,))
    update = {"symptom": HOSTILE, "hypotheses": (first,), "evidence": items, "sources": (source,), "summary": HOSTILE}
    return report().model_copy(update=update)
