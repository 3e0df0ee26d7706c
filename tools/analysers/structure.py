"""Structure: calls that appeared, vanished or changed count, given that the caller ran.

Early returns and swallowed exceptions leave no error status, but the calls that should have followed
are missing. Rates are conditional on the caller span within one entry operation, so a call that is
missing because its caller never ran is not counted, and the deepest caller that changed stands out.
"""

from __future__ import annotations

import math

from tools.analysers.base import Analyser, Finding, beyond_calm, calm_of, deflated, percent, since, strongest, tails
from tools.analysers.clocks import MATERIAL_NS, skew_of
from tools.analysers.repeats import repeated
from tools.config import SurveySettings
from tools.evidence import Evidence, EvidenceKind, Subject, onset_of
from tools.names import named
from tools.sources import Telemetry, TraceSource
from tools.sources.rows import CallStats, Trials
from tools.stats import CalmRate, strongest_since
from tools.window import Scope, TimeWindow

MIN_PARENTS = 5
"""Fewer caller spans than this in either window say nothing about a rate."""


def analyse_structure(telemetry: Telemetry, scope: Scope, settings: SurveySettings) -> list[Evidence]:
    """Return evidence on changed calls, strongest first."""
    traces = telemetry.traces
    if traces is None:
        return []
    skews = {(e.service, e.operation, e.peer): skew_of(e) for e in traces.edges(scope) if not e.leaf}
    found = [
        e
        for call in traces.calls(scope)
        if (e := _call(traces, scope, call, skews.get((call.service, call.operation, call.peer), 0.0)))
    ]
    return strongest(deflated(found), settings) + strongest(list(repeated(traces, scope)), settings)


def _call(traces: TraceSource, scope: Scope, call: CallStats, skew_ns: float) -> Finding | None:
    base, incident = call.made.baseline, _inside(call.made.incident, scope, skew_ns)
    if min(base.total, incident.total) < MIN_PARENTS:
        return None
    calm = calm_of(base, scope)
    parts = list(tails(incident))
    found = strongest_since([_effect(part, calm) for part in parts])
    scope = _cut(since(scope, incident, found), incident, call.made.incident)
    now = parts[found.start]
    before, after = base.taken / base.total, now.taken / now.total
    subject = Subject(
        kind="edge", service=call.service, operation=call.operation, peer=call.peer, name=call.peer_operation
    )

    def tell() -> Evidence:
        return Evidence(
            kind=_kind(found.effect, before, after),
            subject=subject,
            statement=(
                f"{percent(after)} of {named(call.service)} {named(call.operation)} spans{_that(call)} call "
                f"{named(call.peer)} "
                f"{named(call.peer_operation)}, "
                f"{percent(before)} in the baseline ({now.taken} of {now.total} against {base.taken} of {base.total})"
            ),
            baseline=before * 100,
            incident=after * 100,
            unit="%",
            effect=found.effect,
            onset=onset_of(scope.incident.start_ns) if found.start else None,
            query=traces.query("calls", scope, subject),
        )

    return Finding(found.effect, found.effect, tell)


def _cut(scope: Scope, kept: Trials, made: Trials) -> Scope:
    """Return the windows with the incident cut to the buckets that count, so that the cited query counts the same."""
    if kept.times.size == made.times.size:
        return scope
    start = max(scope.incident.start_ns, int(kept.times[0]))
    end = min(scope.incident.end_ns, int(kept.times[-1]) + scope.bucket_ns)
    return scope.model_copy(update={"incident": TimeWindow(start_ns=start, end_ns=end)})


def _inside(made: Trials, scope: Scope, skew_ns: float) -> Trials:
    """Return the buckets whose calls lie in the window too: with another clock they begin later, or earlier."""
    if abs(skew_ns) < MATERIAL_NS:
        return made
    last = made.times + scope.bucket_ns + max(skew_ns, 0.0) <= scope.incident.end_ns
    kept = last & (made.times + min(skew_ns, 0.0) >= scope.incident.start_ns)
    return Trials(made.times[kept], made.n[kept], made.hits[kept])


def _that(call: CallStats) -> str:
    return f" that call {named(call.given)}" if call.given else ""


def _effect(part: Trials, calm: CalmRate) -> float:
    return beyond_calm(part, calm) if part.total >= MIN_PARENTS else math.nan


def _kind(effect: float, before: float, after: float) -> EvidenceKind:
    if effect < 0:
        return EvidenceKind.CALLS_VANISHED if after < before / 2 else EvidenceKind.CALLS_CHANGED
    return EvidenceKind.CALLS_APPEARED if before < after / 2 else EvidenceKind.CALLS_CHANGED


STRUCTURE = Analyser("structure", ("traces",), analyse_structure)
