"""Structure: calls that appeared, vanished or changed count, given that the caller ran.

Early returns and swallowed exceptions leave no error status, but the calls that should have followed
are missing. Rates are conditional on the caller span within one entry operation, so a call that is
missing because its caller never ran is not counted, and the deepest caller that changed stands out.
"""

from __future__ import annotations

from tools.analysers.base import Analyser, Finding, deflated, percent, strongest
from tools.config import SurveySettings
from tools.evidence import Evidence, EvidenceKind, Subject
from tools.sources import Telemetry, TraceSource
from tools.sources.rows import CallStats
from tools.stats import dispersion, stretch_ids, two_proportion_effect
from tools.window import Scope

MIN_PARENTS = 5
"""Fewer caller spans than this in either window say nothing about a rate."""


def analyse_structure(telemetry: Telemetry, scope: Scope, settings: SurveySettings) -> list[Evidence]:
    """Return evidence on changed calls, strongest first."""
    traces = telemetry.traces
    if traces is None:
        return []
    found = [e for call in traces.calls(scope) if (e := _call(traces, scope, call))]
    return strongest(deflated(found), settings)


def _call(traces: TraceSource, scope: Scope, call: CallStats) -> Finding | None:
    base, now = call.made.baseline, call.made.incident
    if min(base.total, now.total) < MIN_PARENTS:
        return None
    before, after = base.taken / base.total, now.taken / now.total
    ids = stretch_ids(base.times, scope.bucket_ns, scope.incident.end_ns - scope.incident.start_ns)
    effect = two_proportion_effect(now.taken, now.total, base.taken, base.total)
    effect /= dispersion(ids, base.hits, base.n) ** 0.5
    subject = Subject(
        kind="edge", service=call.service, operation=call.operation, peer=call.peer, name=call.peer_operation
    )
    evidence = Evidence(
        kind=_kind(effect, before, after),
        subject=subject,
        statement=(
            f"{percent(after)} of {call.service} {call.operation} spans call {call.peer} {call.peer_operation}, "
            f"{percent(before)} in the baseline ({now.taken} of {now.total} against {base.taken} of {base.total})"
        ),
        baseline=before * 100,
        incident=after * 100,
        unit="%",
        effect=effect,
        query=traces.query("calls", scope, subject),
    )
    return Finding(evidence, effect)


def _kind(effect: float, before: float, after: float) -> EvidenceKind:
    if effect < 0:
        return EvidenceKind.CALLS_VANISHED if after < before / 2 else EvidenceKind.CALLS_CHANGED
    return EvidenceKind.CALLS_APPEARED if before < after / 2 else EvidenceKind.CALLS_CHANGED


STRUCTURE = Analyser("structure", ("traces",), analyse_structure)
