"""What the model is told first of a failed run: verdict, hypotheses, evidence, change. All of it fenced."""

from __future__ import annotations

from collections.abc import Sequence

from agent.argument.fence import fence
from agent.ci.inputs import Commit
from agent.schema import Hypothesis, Report
from tools.evidence import Evidence, EvidenceKind
from tools.redact import redact

LEADING, COMMITS, PATHS = 3, 4, 20
STATEMENT, LINE = 180, 160
"""Characters of a statement, and of a line below it."""
_MOST: dict[EvidenceKind, tuple[int, int]] = {
    EvidenceKind.CI_LINES: (3, 10),
    EvidenceKind.CI_SIGN: (2, 0),
    EvidenceKind.CI_TEST: (3, 8),
    EvidenceKind.CI_FLAKY: (2, 0),
    EvidenceKind.CI_HISTORY: (2, 0),
    EvidenceKind.CI_CHANGE: (3, 14),
    EvidenceKind.TOOL_RESULT: (2, 14),
}
"""Pieces of evidence of each kind that are told, and lines of each."""


def digest(report: Report, commits: Sequence[Commit], paths: Sequence[str]) -> str:
    """Return the first message. The report is without secrets already; so are the commits before they are cut."""
    told = [item for kind, (most, _) in _MOST.items() for item in _of(report, kind)[:most]]
    found = report.classification
    verdict = f"{found.kind.value}: {'; '.join(found.reasons[:3])}" if found else "none"
    listed = ", ".join(paths[:PATHS]) + (f" and {len(paths) - PATHS} more" if len(paths) > PATHS else "")
    parts = [
        ("Failed run", report.symptom),
        ("Verdict of statistics", verdict),
        ("Hypotheses of statistics", "\n".join(_hypothesis(one) for one in report.hypotheses[:LEADING]) or "none"),
        ("Evidence", "\n".join(_evidence(item) for item in told) or "none"),
        ("Changed files", listed),
        ("Commits", "\n".join(_commit(one) for one in commits[-COMMITS:])),
    ]
    return "\n".join(f"{head}:\n{fence(text)}" for head, text in parts if text)


def _of(report: Report, kind: EvidenceKind) -> list[Evidence]:
    return [item for item in report.evidence if item.kind is kind]


def _hypothesis(one: Hypothesis) -> str:
    share = f"{one.confidence * 100:.0f} %"
    return f"{one.rank}. {one.component}: {one.fault_kind.value}, {share}, for it {', '.join(one.supports[:4])}"


def _evidence(item: Evidence) -> str:
    lines = [line for sample in item.samples for line in sample.text.splitlines() if line.strip()]
    change = any(sample.kind == "change" for sample in item.samples)
    shown = (near_changes(lines) if change else lines)[-_MOST[item.kind][1] :] if _MOST[item.kind][1] else []
    return "\n".join([f"{item.id} [says] {item.statement[:STATEMENT]}", *(f"   {line[:LINE]}" for line in shown)])


def near_changes(lines: Sequence[str]) -> list[str]:
    """Return the lines of a diff without the context that is far from any change."""
    marks = [index for index, line in enumerate(lines) if line[:1] in "+-"]
    return [line for index, line in enumerate(lines) if any(abs(index - mark) <= 1 for mark in marks)]


def _commit(one: Commit) -> str:
    subject = redact(one.message).text.strip().partition("\n")[0]
    return f"{one.sha[:12]} by {redact(one.author).text}: {subject[:STATEMENT]}"
