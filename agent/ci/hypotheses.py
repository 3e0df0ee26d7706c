"""The hypotheses of a failed run: one for the best suspect, or one for what the logs say."""

from __future__ import annotations

from typing import TypedDict

from agent.ci.facts import Facts
from agent.ci.inputs import FailedRun
from agent.ci.suspects import Suspect
from agent.schema import Classification, FailureClass, Hypothesis
from tools.ci.codeowners import owners_of
from tools.ci.grammar import Cause
from tools.evidence import Evidence, EvidenceKind
from tools.faults import FaultKind

_FAULTS: dict[Cause, FaultKind] = {
    Cause.NETWORK: FaultKind.DEPENDENCY_DOWN,
    Cause.CHECKOUT: FaultKind.DEPENDENCY_DOWN,
    Cause.DEPENDENCY: FaultKind.DEPENDENCY_DOWN,
    Cause.MEMORY: FaultKind.MEMORY_PRESSURE,
    Cause.DISK: FaultKind.DISK_FULL,
    Cause.CONFIG: FaultKind.BAD_CONFIGURATION,
    Cause.MISSING: FaultKind.BAD_CONFIGURATION,
    Cause.PERMISSION: FaultKind.BAD_CONFIGURATION,
    Cause.CRASH: FaultKind.RESTART,
    Cause.TEST: FaultKind.EXCEPTION,
}
_NEXT: dict[FailureClass, str] = {
    FailureClass.REGRESSION: "run the failing step on the commit before this change",
    FailureClass.FLAKY: "repeat the failing test alone, many times, on this commit",
    FailureClass.INFRASTRUCTURE: "repeat the job; if it fails again, look at the runner",
    FailureClass.DEPENDENCY: "install the dependencies afresh on the commit before this change",
    FailureClass.TEST_OR_CONFIGURATION: "run the failing command by hand with the settings of the pipeline",
    FailureClass.NOT_ENOUGH_EVIDENCE: "give test reports (JUnit XML) and the logs of a successful run",
}
_REMEDY: dict[FailureClass, str] = {
    FailureClass.REGRESSION: "correct the change",
    FailureClass.FLAKY: "make the test wait for what it needs, or set it aside with an issue of its own",
    FailureClass.INFRASTRUCTURE: "repeat the job",
    FailureClass.DEPENDENCY: "pin the dependency to the last version that worked",
    FailureClass.TEST_OR_CONFIGURATION: "correct the test or the setting",
}


def run_hypotheses(run: FailedRun, facts: Facts, classification: Classification) -> list[Hypothesis]:
    """Return the run's own hypotheses, without those that telemetry gives; none when there is no evidence."""
    if not facts.evidence:
        return []
    suspects = facts.suspects[:3] if classification.kind is not FailureClass.FLAKY else ()
    if not suspects:
        return [_hypothesis(run, facts, classification, None, classification.confidence)]
    total = sum(suspect.weight for suspect in suspects)
    return [
        _hypothesis(run, facts, classification, suspect, classification.confidence * suspect.weight / total)
        for suspect in suspects
    ]


def _hypothesis(
    run: FailedRun, facts: Facts, classification: Classification, suspect: Suspect | None, confidence: float
) -> Hypothesis:
    cause = facts.signs[0][0] if facts.signs else None
    told = [item for item in facts.evidence if item.kind in {EvidenceKind.CI_LINES, EvidenceKind.CI_TEST}]
    refs = [ref for one, ref in zip(facts.suspects, facts.refs, strict=True) if one is suspect]
    others = [ref for ref in classification.evidence if ref not in facts.refs]
    return Hypothesis(
        rank=1,
        component=suspect.change.path if suspect else _component(run, told),
        fault_kind=_FAULTS.get(cause, FaultKind.UNKNOWN) if cause else FaultKind.UNKNOWN,
        cause=_cause(told, suspect),
        confidence=round(min(max(confidence, 0.0), 1.0), 3),
        supports=tuple(dict.fromkeys([*(item.id for item in told[:3]), *others, *refs])),
        missing=missing_of(run),
        owner=owner_of(run, suspect.change.path) if suspect else "unknown",
        **steps_of(classification.kind),
    )


def owner_of(run: FailedRun, path: str) -> str:
    """Return who owns a changed file, else who made the last commit, else `unknown`."""
    owners = owners_of(path, list(run.owners))
    return ", ".join(owners) or (run.commits[-1].author if run.commits else "") or "unknown"


class Steps(TypedDict):
    """What to do next, and what mends it."""

    next_check: str
    remediation: tuple[str, ...]


def steps_of(kind: FailureClass) -> Steps:
    """Return what to do about a kind of failure."""
    remedy = _REMEDY.get(kind)
    return {"next_check": _NEXT[kind], "remediation": (remedy,) if remedy else ()}


def _component(run: FailedRun, told: list[Evidence]) -> str:
    return told[0].subject.name if told else (run.jobs[0].name if run.jobs else "unknown")


def _cause(told: list[Evidence], suspect: Suspect | None) -> str:
    """Return what the failure says of itself: a test's message says more than a place in a log."""
    first = next((item for item in told if item.kind is EvidenceKind.CI_TEST), told[0] if told else None)
    said = first.statement if first else "the run failed without a telling line"
    return f"{said}; the failure fits the change of {suspect.change.path}" if suspect else said


def missing_of(run: FailedRun) -> tuple[str, ...]:
    """Return what was not given and would tell more."""
    lacking = {
        "logs of an earlier successful run": not run.earlier,
        "test reports (JUnit XML)": not run.tests,
        "the change under test": not run.diff,
    }
    return tuple(name for name, missing in lacking.items() if missing)
