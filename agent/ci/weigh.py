"""Weigh what is known about a failed run: which class of failure does each fact speak for, and how strongly."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from agent.ci.suspects import Suspect
from agent.schema import FailureClass
from tools.ci.diff import FileChange
from tools.ci.grammar import Cause
from tools.evidence import Evidence, EvidenceKind

DOUBT = 1.0
"""Weight of what nobody has looked at: one weak reason alone convinces of nothing."""
CONVINCING = 0.5
"""Share of all weight below which the answer is not enough evidence."""

_SIGNS: dict[Cause, tuple[FailureClass, float]] = {
    Cause.RUNNER: (FailureClass.INFRASTRUCTURE, 4.0),
    Cause.DISK: (FailureClass.INFRASTRUCTURE, 3.0),
    Cause.CHECKOUT: (FailureClass.INFRASTRUCTURE, 2.5),
    Cause.NETWORK: (FailureClass.INFRASTRUCTURE, 2.5),
    Cause.MEMORY: (FailureClass.INFRASTRUCTURE, 2.0),
    Cause.TIMEOUT: (FailureClass.INFRASTRUCTURE, 1.5),
    Cause.DEPENDENCY: (FailureClass.DEPENDENCY, 2.5),
    Cause.CONFIG: (FailureClass.TEST_OR_CONFIGURATION, 2.0),
    Cause.MISSING: (FailureClass.TEST_OR_CONFIGURATION, 1.5),
    Cause.PERMISSION: (FailureClass.TEST_OR_CONFIGURATION, 1.5),
    Cause.LINT: (FailureClass.REGRESSION, 1.5),
    Cause.COMPILE: (FailureClass.REGRESSION, 2.0),
    Cause.TEST: (FailureClass.REGRESSION, 1.5),
    Cause.CRASH: (FailureClass.REGRESSION, 1.0),
}
_WITHIN_TEST = 0.4
"""A failing test that mentions a refused connection or a timeout says more about itself than about the runner."""
_SIGN_WORDS = {
    Cause.RUNNER: "the runner was lost",
    Cause.DISK: "the disk is full or read-only",
    Cause.CHECKOUT: "the code could not be fetched",
    Cause.NETWORK: "something on the network did not answer",
    Cause.MEMORY: "memory ran out",
    Cause.TIMEOUT: "a time limit was exceeded",
    Cause.DEPENDENCY: "a dependency cannot be found or does not fit",
    Cause.CONFIG: "a setting or option is wrong",
    Cause.MISSING: "a file or command is missing",
    Cause.PERMISSION: "a permission is missing",
    Cause.LINT: "a style rule is violated",
    Cause.COMPILE: "the code does not compile",
    Cause.TEST: "a test fails",
    Cause.CRASH: "a program crashed",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One fact that speaks for a class of failure, with its weight and the evidence it stands on."""

    kind: FailureClass
    weight: float
    text: str
    evidence: tuple[str, ...] = ()


def sign_reasons(signs: Iterable[tuple[Cause, str]]) -> list[Reason]:
    """Weigh the signs of known trouble.

    Args:
        signs: kind of trouble and id of its evidence.
    """
    listed = list(signs)
    in_test = any(cause is Cause.TEST for cause, _ in listed)
    reasons = []
    for cause, ref in listed:
        kind, weight = _SIGNS[cause]
        softened = in_test and cause in {Cause.NETWORK, Cause.TIMEOUT, Cause.MISSING, Cause.PERMISSION, Cause.CONFIG}
        reasons.append(Reason(kind, weight * (_WITHIN_TEST if softened else 1.0), _SIGN_WORDS[cause], (ref,)))
    return reasons


def junit_reasons(evidence: Sequence[Evidence], failed: int, explained: int) -> list[Reason]:
    """Weigh test results.

    Args:
        evidence: the run's evidence.
        failed: tests that failed for good.
        explained: those of them that also fail now and then on other commits.
    """
    flaky = tuple(item.id for item in evidence if item.kind is EvidenceKind.CI_FLAKY)
    broken = tuple(item.id for item in evidence if item.kind is EvidenceKind.CI_TEST)
    history = tuple(item.id for item in evidence if item.kind is EvidenceKind.CI_HISTORY)
    reasons = []
    if failed:
        reasons.append(Reason(FailureClass.REGRESSION, 1.5, f"{failed} tests failed for good", broken))
    if flaky and not failed:
        reasons.append(Reason(FailureClass.FLAKY, 4.0, "every test that failed passed when repeated", flaky))
    if failed and explained == failed:
        reasons.append(Reason(FailureClass.FLAKY, 5.0, "the same tests fail now and then on other commits", history))
    return reasons


def history_reasons(same_commit_passed: str, base_fails: str) -> list[Reason]:
    """Weigh how earlier runs ended; each argument is the id of the evidence, empty when it is not so."""
    reasons = []
    if same_commit_passed:
        text = "the same commit passed in another attempt"
        reasons.append(Reason(FailureClass.FLAKY, 6.0, text, (same_commit_passed,)))
    if base_fails:
        text = "most runs of other commits fail as well, so this change is not what broke it"
        reasons.append(Reason(FailureClass.TEST_OR_CONFIGURATION, 2.0, text, (base_fails,)))
    return reasons


def change_reasons(suspects: Sequence[Suspect], refs: Sequence[str], diff: Sequence[FileChange]) -> list[Reason]:
    """Weigh what the change touches; `refs` are the evidence ids of the suspects."""
    reasons = []
    for suspect, ref in list(zip(suspects, refs, strict=True))[:1]:
        kind = _class_of_change(suspect.change)
        reasons.append(
            Reason(kind, min(suspect.weight, 4.0), f"the failure fits the change of {suspect.change.path}", (ref,))
        )
    if diff and not suspects and all(change.test or change.pipeline for change in diff):
        text = "the change touches only tests and the pipeline"
        reasons.append(Reason(FailureClass.TEST_OR_CONFIGURATION, 2.0, text))
    return reasons


def _class_of_change(change: FileChange) -> FailureClass:
    if change.manifest:
        return FailureClass.DEPENDENCY
    return FailureClass.TEST_OR_CONFIGURATION if change.pipeline or change.test else FailureClass.REGRESSION
