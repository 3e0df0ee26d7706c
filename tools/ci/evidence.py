"""What job logs and test reports say, as Evidence."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence

from tools.ci.clean import CleanLog
from tools.ci.decisive import Decisive
from tools.ci.junit import TestResult
from tools.ci.signs import Sign, telling_line
from tools.evidence import Evidence, EvidenceKind, Sample, Subject

SHOWN_LINES = 60
"""Decisive lines kept as a sample; of longer ranges the first and the last half of this."""
SHOWN_TESTS = 20
LINE_LIMIT = 400


def lines_evidence(job: str, log: CleanLog, found: Decisive, source: str = "") -> list[Evidence]:
    """Return one piece of evidence for each range of decisive lines.

    Args:
        job: name of the job.
        log: its log.
        found: what `find_decisive` returned.
        source: file that the log was read from, for the command that shows the lines.
    """
    evidence = []
    for first, last in found.ranges:
        lines = log.lines[first - 1 : last]
        said = telling_line(lines)
        where = f"line {first}" if first == last else f"lines {first}-{last}"
        evidence.append(
            Evidence(
                kind=EvidenceKind.CI_LINES,
                subject=Subject(kind="job", name=job),
                statement=f"job {job} failed, {where} of {len(log.lines)}: {said[:LINE_LIMIT]}",
                incident=float(last - first + 1),
                unit="lines",
                query=shlex.join(["sed", "-n", f"{first},{last}p", source or f"{job}.log"]),
                samples=(Sample(kind="log", ref=f"{job}:{first}-{last}", text="\n".join(_shortened(lines))),),
            )
        )
    return evidence


def _shortened(lines: Sequence[str]) -> list[str]:
    cut = [line[:LINE_LIMIT] for line in lines]
    if len(cut) <= SHOWN_LINES:
        return cut
    half = SHOWN_LINES // 2
    return [*cut[:half], f"… {len(cut) - 2 * half} lines …", *cut[-half:]]


def sign_evidence(job: str, signs: Iterable[Sign], source: str = "") -> list[Evidence]:
    """Return one piece of evidence for each sign of a known kind of trouble."""
    return [
        Evidence(
            kind=EvidenceKind.CI_SIGN,
            subject=Subject(kind="job", name=job),
            statement=f"line {sign.line} of job {job} shows {sign.cause} ({sign.tool}): {sign.text[:LINE_LIMIT]}",
            query=shlex.join(["sed", "-n", f"{sign.line}p", source or f"{job}.log"]),
            samples=(Sample(kind="log", ref=f"{job}:{sign.line}-{sign.line}", text=sign.text[:LINE_LIMIT]),),
        )
        for sign in signs
    ]


def junit_evidence(results: Sequence[TestResult], source: str = "") -> list[Evidence]:
    """Return one piece of evidence for each test that failed or was flaky, at most SHOWN_TESTS of each."""
    broken = [case for case in results if case.broken][:SHOWN_TESTS]
    flaky = [case for case in results if case.outcome == "flaky"][:SHOWN_TESTS]
    total = f"{sum(case.broken for case in results)} of {len(results)} tests failed"
    failed = [_test(case, EvidenceKind.CI_TEST, f"{case.outcome}; {total}", source) for case in broken]
    return failed + [_test(case, EvidenceKind.CI_FLAKY, "failed, then passed when repeated", source) for case in flaky]


def _test(case: TestResult, kind: EvidenceKind, ending: str, source: str) -> Evidence:
    said = f": {case.message.splitlines()[0][:LINE_LIMIT]}" if case.message.strip() else ""
    return Evidence(
        kind=kind,
        subject=Subject(kind="test", name=case.id, operation=case.file),
        statement=f"test {case.id} {ending}{said}",
        query=shlex.join(["grep", "-n", case.name, source or "junit.xml"]),
        samples=(Sample(kind="text", ref=case.id, text=case.text[:2_000]),) if case.text else (),
    )
