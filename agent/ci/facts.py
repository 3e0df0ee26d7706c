"""Look at a failed run: decisive lines, signs, tests, history and suspects, as numbered evidence."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from agent.ci.inputs import FailedRun, PastRun
from agent.ci.suspects import Suspect, find_suspects
from tools.ci.archive import JobLog
from tools.ci.clean import clean_log
from tools.ci.decisive import find_decisive, templates_in
from tools.ci.evidence import junit_evidence, lines_evidence, sign_evidence
from tools.ci.grammar import Cause
from tools.ci.signs import find_signs
from tools.evidence import Evidence, EvidenceKind, Sample, Subject, numbered

JOBS = 5
"""Failed jobs that are looked at; more usually fail for the same reason."""
PASSED, FAILED = "success", "failure"
HUNKS, HUNK_CHARACTERS = 3, 2_000
"""Changed places kept of a suspect file of which the failure names none, and how much of each."""
OFTEN = 0.5
"""Share of earlier runs that fail from which the failure is not this change's."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What was found. `failure` is the text that tells of the failure; `refs` are the suspects' evidence ids."""

    evidence: tuple[Evidence, ...]
    signs: tuple[tuple[Cause, str], ...]
    failure: str
    suspects: tuple[Suspect, ...]
    refs: tuple[str, ...]


def look(run: FailedRun, first: int = 1) -> Facts:
    """Look at everything that a run holds.

    Args:
        run: the failed run.
        first: number of the first piece of evidence.
    """
    found: list[Evidence] = []
    causes: dict[int, Cause] = {}
    texts: list[str] = []
    for job in run.jobs[:JOBS]:
        lines, signs, kinds = _read_job(job, run.earlier)
        texts += [sample.text for item in lines for sample in item.samples]
        found += lines
        causes.update({len(found) + index: kind for index, kind in enumerate(kinds)})
        found += signs
    found += junit_evidence(run.tests)
    texts += [f"{case.id}\n{case.file}:{case.line}\n{case.message}\n{case.text}" for case in run.tests if case.broken]
    found += history_evidence(run)
    failure = "\n".join(texts)
    suspects = find_suspects(failure, run.diff)
    start = len(found)
    found += [suspect_evidence(suspect) for suspect in suspects]
    evidence = numbered(found, first)
    return Facts(
        evidence=tuple(evidence),
        signs=tuple((cause, evidence[index].id) for index, cause in sorted(causes.items())),
        failure=failure,
        suspects=tuple(suspects),
        refs=tuple(item.id for item in evidence[start:]),
    )


def _read_job(job: JobLog, earlier: Sequence[JobLog]) -> tuple[list[Evidence], list[Evidence], list[Cause]]:
    log = clean_log(job.text)
    alike = [clean_log(old.text) for old in earlier if old.name == job.name]
    known = frozenset().union(*map(templates_in, alike))
    decisive = find_decisive(log, known)
    signs = find_signs(log, decisive.ranges)
    return (
        lines_evidence(job.name, log, decisive, job.source),
        sign_evidence(job.name, signs, job.source),
        [sign.cause for sign in signs],
    )


def history_evidence(run: FailedRun) -> list[Evidence]:
    """Return what earlier runs tell: the same commit passed, other commits fail, the same tests fail elsewhere."""
    found = []
    if any(past.sha == run.sha and past.conclusion == PASSED for past in run.history):
        found.append(_history(run, "the same commit passed in another attempt", "same-commit"))
    others = one_per_commit(run)
    failing = sum(past.conclusion == FAILED for past in others)
    if len(others) >= 3 and failing / len(others) > OFTEN:
        found.append(_history(run, f"{failing} of the last {len(others)} other commits failed too", "others-fail"))
    known = sorted(unreliable_tests(run))
    if known:
        text = f"{len(known)} of the failing tests also fail now and then on other commits: {', '.join(known[:5])}"
        found.append(_history(run, text, "unreliable"))
    return found


def one_per_commit(run: FailedRun) -> list[PastRun]:
    """Return the newest finished run of every other commit."""
    newest: dict[str, PastRun] = {}
    for past in run.history:
        if past.sha != run.sha and past.conclusion in {PASSED, FAILED}:
            newest.setdefault(past.sha, past)
    return list(newest.values())


def unreliable_tests(run: FailedRun) -> frozenset[str]:
    """Return which of the failing tests failed on other commits, while other commits passed in between.

    A test that fails on every commit is broken, not unreliable.
    """
    others = one_per_commit(run)
    if not any(past.conclusion == PASSED for past in others):
        return frozenset()
    broken = {case.id for case in run.tests if case.broken}
    return frozenset(broken & frozenset().union(*(past.failed_tests for past in others)))


def _history(run: FailedRun, statement: str, name: str) -> Evidence:
    return Evidence(
        kind=EvidenceKind.CI_HISTORY,
        subject=Subject(kind="job", name=name),
        statement=statement,
        incident=float(len(run.history)),
        unit="runs",
        query=shlex.join(["gh", "run", "list", "--workflow", run.name or "ci", "--limit", str(len(run.history))]),
    )


def suspect_evidence(suspect: Suspect) -> Evidence:
    """Return a suspect part of the change as evidence."""
    hunk = suspect.hunk
    where = (
        f"{suspect.change.path}:{hunk.start}-{hunk.start + max(hunk.length, 1) - 1}" if hunk else suspect.change.path
    )
    return Evidence(
        kind=EvidenceKind.CI_CHANGE,
        subject=Subject(kind="file", name=where),
        statement=f"{where} was changed: {'; '.join(suspect.reasons)}",
        effect=suspect.weight,
        query=shlex.join(["git", "diff", "HEAD~1", "--", suspect.change.path]),
        samples=tuple(
            Sample(kind="change", ref=suspect.change.path, text="\n".join(one.lines)[:HUNK_CHARACTERS])
            for one in ([hunk] if hunk else suspect.change.hunks[:HUNKS])
        ),
    )
