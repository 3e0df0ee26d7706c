"""Reports of an imaginary ticket shop."""

import datetime as dt

from agent.schema import ChainLink, Hypothesis, Report, Similar, Verdict, Windows
from tools.evidence import Evidence, EvidenceKind, Subject
from tools.faults import FaultKind

START = dt.datetime(2026, 3, 21, 10, tzinfo=dt.UTC)


def evidence(number: int, service: str, peer: str = "") -> Evidence:
    return Evidence(
        id=f"E{number}",
        kind=EvidenceKind.LATENCY_SELF,
        subject=Subject(kind="edge" if peer else "service", service=service, peer=peer),
        statement=f"{service} takes 900 ms instead of 40 ms",
        effect=9.0 - number,
        query="q",
    )


def hypothesis(rank: int, component: str, kind: FaultKind, confidence: float, *supports: str) -> Hypothesis:
    return Hypothesis(
        rank=rank,
        component=component,
        fault_kind=kind,
        cause=f"{component} waits for connections",
        chain=(ChainLink(component=component, effect="waits"), ChainLink(component="booking", effect="is slow")),
        confidence=confidence,
        supports=supports,
        owner="team-seats",
    )


def report(*similar: Similar, run_id: str = "run-1") -> Report:
    """Return a report that blames seats first, mailer second."""
    return Report(
        run_id=run_id,
        symptom="bookings time out",
        verdict=Verdict.ROOT_CAUSE,
        hypotheses=(
            hypothesis(1, "seats", FaultKind.POOL_EXHAUSTED, 0.6, "E1", "E2"),
            hypothesis(2, "mailer", FaultKind.SLOW_CODE, 0.2, "E3"),
        ),
        evidence=(evidence(1, "seats"), evidence(2, "seats", "postgres"), evidence(3, "mailer")),
        windows=Windows(incident=(START, START + dt.timedelta(hours=1)), baseline=(), chosen_by="data"),
        similar=similar,
        sources=(),
    )


def memory(
    key: str = "PM-1", kind: FaultKind = FaultKind.POOL_EXHAUSTED, service: str = "seats", useful: int = 0
) -> Similar:
    return Similar(
        id=key, title=key, status="confirmed", useful=useful, strength=1.0, services=(service,), fault_kind=kind
    )
