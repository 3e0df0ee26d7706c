"""Errors: failed spans attributed to the deepest failing span, not to all of its callers."""

from __future__ import annotations

from collections.abc import Mapping

from tools.analysers.base import (
    Analyser,
    Finding,
    beyond_calm,
    calm_of,
    first_moment,
    percent,
    strongest,
    tails,
    trace_samples,
)
from tools.config import SurveySettings
from tools.evidence import Evidence, EvidenceKind, Subject
from tools.names import named
from tools.sources import Telemetry, TraceSource
from tools.sources.rows import OperationStats, Trials, Two
from tools.stats import strongest_since, two_proportion_effect
from tools.window import Scope, TimeWindow

_ORIGIN, _CARRIED = EvidenceKind.ERRORS_ORIGIN, EvidenceKind.ERRORS_PROPAGATED
SAMPLED = 5
"""Origins shown with failed spans: each costs a query."""
BEYOND_CALM = 2.0
"""Standard errors by which a bucket's failures exceed the baseline's for the fault to have begun in it."""


def analyse_errors(telemetry: Telemetry, scope: Scope, settings: SurveySettings) -> list[Evidence]:
    """Return evidence on error rates, origins and propagation apart, strongest first."""
    traces = telemetry.traces
    if traces is None:
        return []
    stats = traces.operations(scope)
    failed = {(o.service, o.operation): o.origins for o in stats}
    peers = {(edge.service, edge.operation): edge.peer for edge in traces.edges(scope) if edge.leaf}
    found = [(o, peers.get((o.service, o.operation), "")) for o in stats]
    origins = [e for o, peer in found if (e := _evidence(traces, scope, o, peer, _ORIGIN, o.error_origins))]
    carried = [e for o in stats if (e := _evidence(traces, scope, o, "", _CARRIED, _propagated(o)))]
    kept = strongest(origins, settings)
    sampled = [_with_samples(traces, scope, failed, item) for item in kept[:SAMPLED]]
    return sampled + kept[SAMPLED:] + strongest(carried, settings)


def _with_samples(
    traces: TraceSource, scope: Scope, failed: Mapping[tuple[str, str], Two[Trials]], item: Evidence
) -> Evidence:
    """Add the first failed spans, which date the onset and say why they failed."""
    if item.effect <= 0:
        return item
    window = failing_since(failed[item.subject.service, item.subject.operation], scope)
    samples = trace_samples(traces, window, item.subject, "earliest")
    return item.model_copy(update={"samples": samples, "onset": first_moment(samples)})


def failing_since(origins: Two[Trials], scope: Scope) -> TimeWindow:
    """Return the part of the incident in which failures exceed what is usual.

    It begins with the bucket from which on they exceed the calm rate of the baseline most clearly, or with those
    before it that exceed it too. A failure that also happens on calm days does not begin an incident.
    """
    base, incident = origins.baseline, scope.incident
    calm = calm_of(base, scope)
    parts = list(tails(origins.incident))
    if not parts:
        return incident
    first = strongest_since([beyond_calm(part, calm) for part in parts]).start
    now = origins.incident
    while first and beyond_calm(_bucket(now, first - 1), calm) > BEYOND_CALM:
        first -= 1
    return TimeWindow(start_ns=max(int(now.times[first]), incident.start_ns), end_ns=incident.end_ns)


def _bucket(trials: Trials, at: int) -> Trials:
    return Trials(trials.times[at : at + 1], trials.n[at : at + 1], trials.hits[at : at + 1])


def _propagated(stats: OperationStats) -> Two[int]:
    return Two(
        stats.errors.baseline - stats.error_origins.baseline, stats.errors.incident - stats.error_origins.incident
    )


def _evidence(
    traces: TraceSource, scope: Scope, stats: OperationStats, peer: str, kind: EvidenceKind, failed: Two[int]
) -> Finding | None:
    """Return failed spans of one operation as evidence; a peer is whom the operation calls and who sends no span."""
    total = Two(stats.total.baseline.n, stats.total.incident.n)
    if failed.baseline == failed.incident == 0 or total.incident == 0:
        return None
    effect = two_proportion_effect(failed.incident, total.incident, failed.baseline, total.baseline)
    before = failed.baseline / total.baseline if total.baseline else 0.0
    after = failed.incident / total.incident
    subject = Subject(kind="edge" if peer else "operation", service=stats.service, operation=stats.operation, peer=peer)
    what = "fail because a call below fails"
    if kind is _ORIGIN:
        what = f"fail calling {named(peer)}" if peer else "fail with no failing call below"

    def tell() -> Evidence:
        return Evidence(
            kind=kind,
            subject=subject,
            statement=(
                f"{percent(after)} of {named(stats.service)} {named(stats.operation)} spans {what}, "
                f"{percent(before)} in the baseline ({failed.incident} of {total.incident} "
                f"against {failed.baseline} of {total.baseline})"
            ),
            baseline=before * 100,
            incident=after * 100,
            unit="%",
            effect=effect,
            query=traces.query("operations", scope, subject),
        )

    return Finding(effect, effect, tell)


ERRORS = Analyser("errors", ("traces",), analyse_errors)
