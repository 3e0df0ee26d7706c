"""Why recordings were judged wrongly: what the report knew of the right component, and what it put before it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from agent.schema import Report
from evals.testbed.recording.record_set import SET
from evals.testbed.report.table import Judged, cell

MOST_KINDS = 6


def describe_misses(judged: Iterable[Judged], out: Path) -> Iterator[str]:
    """Yield a Markdown list item for every wrong verdict.

    Args:
        judged: the recordings.
        out: the folder with the reports.
    """
    for one in judged:
        found = cell(one)
        if not found.right:
            path = next(out.glob(f"*/reports/whydown/{SET}/{one.row.id}.json"), None)
            why = _why(one, Report.model_validate_json(path.read_bytes())) if path else one.row.error
            yield f"- {one.answer.fault}, seed {one.seed} ({one.row.id}): {found.text}. {why}"


def _why(one: Judged, report: Report) -> str:
    right = {one.answer.root_cause_service, *one.answer.accept, *(also.root_cause_service for also in one.answer.also)}
    said = "; ".join(f"{h.component} {h.fault_kind.value} {h.confidence:.2f}" for h in report.hypotheses[:3])
    if one.answer.verdict == "healthy":
        return f"Hypotheses: {said}."
    kinds = Counter(item.kind.value for item in report.evidence if {item.subject.service, item.subject.peer} & right)
    known = ", ".join(f"{kind} × {number}" for kind, number in kinds.most_common(MOST_KINDS))
    return f"Hypotheses: {said or 'none'}. Evidence about {one.answer.root_cause_service}: {known or 'none'}."
