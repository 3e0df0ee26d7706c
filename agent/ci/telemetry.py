"""The telemetry that was recorded while the tests ran: the full investigation, read in the light of failed tests."""

from __future__ import annotations

from collections.abc import Sequence

from agent.ci.inputs import FailedRun
from agent.schema import Hypothesis, Incident, Report
from tools.config import Settings
from tools.errors import WhydownError
from tools.evidence import Evidence, EvidenceKind

FAILING = frozenset({EvidenceKind.ERRORS_ORIGIN, EvidenceKind.ERRORS_PROPAGATED})
LEAST = 0.2
"""Confidence below which a hypothesis about failing requests says nothing about the others."""


def investigate_telemetry(run: FailedRun, settings: Settings) -> tuple[Report | None, str]:
    """Return the report of the recorded telemetry, or None and why it cannot be used; both empty without a folder."""
    if run.folder is None:
        return None, ""
    from agent.investigation import investigate

    try:
        report = investigate(Incident(folder=run.folder, symptom=f"CI run {run.name} failed"), settings)
    except WhydownError as error:
        return None, str(error)
    if not any(case.broken for case in run.tests):
        return report, ""
    return report.model_copy(update={"hypotheses": fit_to_failures(report.hypotheses, report.evidence)}), ""


def fit_to_failures(hypotheses: Sequence[Hypothesis], evidence: Sequence[Evidence]) -> tuple[Hypothesis, ...]:
    """Let no hypothesis be surer than the one that explains why requests fail, when tests failed and requests do.

    The first run of a suite fills caches and pools, so much differs from it that fails no test.
    """
    failing = {item.id for item in evidence if item.kind in FAILING}
    explaining = [one.rank for one in hypotheses if failing & set(one.supports)]
    best = max((one.confidence for one in hypotheses if one.rank in explaining), default=0.0)
    if best < LEAST:
        return tuple(hypotheses)
    capped = [
        one if one.rank in explaining else one.model_copy(update={"confidence": min(one.confidence, best)})
        for one in hypotheses
    ]
    capped.sort(key=lambda one: (-one.confidence, one.rank not in explaining, one.rank))
    return tuple(one.model_copy(update={"rank": rank}) for rank, one in enumerate(capped, 1))
