"""Errors: failed spans attributed to the deepest failing span, not to all of its callers."""

from __future__ import annotations

from tools.analysers.base import Analyser, Finding, first_moment, percent, strongest, trace_samples
from tools.config import SurveySettings
from tools.evidence import Evidence, EvidenceKind, Subject
from tools.sources import Telemetry, TraceSource
from tools.sources.rows import OperationStats, Two
from tools.stats import two_proportion_effect
from tools.window import Scope

SAMPLED = 5
"""Origins shown with failed spans: each costs a query."""


def analyse_errors(telemetry: Telemetry, scope: Scope, settings: SurveySettings) -> list[Evidence]:
    """Return evidence on error rates, origins and propagation apart, strongest first."""
    traces = telemetry.traces
    if traces is None:
        return []
    stats = traces.operations(scope)
    origins = [e for o in stats if (e := _evidence(traces, scope, o, EvidenceKind.ERRORS_ORIGIN, o.error_origins))]
    carried = [e for o in stats if (e := _evidence(traces, scope, o, EvidenceKind.ERRORS_PROPAGATED, _propagated(o)))]
    kept = strongest(origins, settings)
    sampled = [_with_samples(traces, scope, item) for item in kept[:SAMPLED]]
    return sampled + kept[SAMPLED:] + strongest(carried, settings)


def _with_samples(traces: TraceSource, scope: Scope, item: Evidence) -> Evidence:
    """Add a few failed spans, whose first dates the onset."""
    if item.effect <= 0:
        return item
    samples = trace_samples(traces, scope.incident, item.subject, "failed")
    return item.model_copy(update={"samples": samples, "onset": first_moment(samples)})


def _propagated(stats: OperationStats) -> Two[int]:
    return Two(
        stats.errors.baseline - stats.error_origins.baseline, stats.errors.incident - stats.error_origins.incident
    )


def _evidence(
    traces: TraceSource, scope: Scope, stats: OperationStats, kind: EvidenceKind, failed: Two[int]
) -> Finding | None:
    total = Two(stats.total.baseline.n, stats.total.incident.n)
    if failed.baseline == failed.incident == 0 or total.incident == 0:
        return None
    effect = two_proportion_effect(failed.incident, total.incident, failed.baseline, total.baseline)
    before = failed.baseline / total.baseline if total.baseline else 0.0
    after = failed.incident / total.incident
    subject = Subject(kind="operation", service=stats.service, operation=stats.operation)
    what = (
        "fail with no failing call below" if kind is EvidenceKind.ERRORS_ORIGIN else "fail because a call below fails"
    )
    evidence = Evidence(
        kind=kind,
        subject=subject,
        statement=(
            f"{percent(after)} of {stats.service} {stats.operation} spans {what}, {percent(before)} in the baseline"
            f" ({failed.incident} of {total.incident} against {failed.baseline} of {total.baseline})"
        ),
        baseline=before * 100,
        incident=after * 100,
        unit="%",
        effect=effect,
        query=traces.query("operations", scope, subject),
    )
    return Finding(evidence, effect)


ERRORS = Analyser("errors", ("traces",), analyse_errors)
