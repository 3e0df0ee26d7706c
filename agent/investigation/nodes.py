"""The nodes between intake and report. Each is a thin wrapper around a pure function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from agent.investigation.state import Context, State, dump, evidence_of, scope_of
from agent.investigation.verify import topology_of
from agent.investigation.watch import Interim
from agent.ranking import Alarm, Picture, rank_hypotheses, shipped_weights, surge, unaffected, worth_showing
from tools.analysers import ALL
from tools.analysers.metric_edges import edges_of
from tools.analysers.quantile_shift import enough
from tools.analysers.survey import run_survey
from tools.errors import SourceError
from tools.evidence import Evidence
from tools.sources import Source, Telemetry, TraceSource
from tools.window import Scope

STRETCHES = 3
"""As many times the incident's length of baseline tell how much healthy stretches differ; a short one does not."""


def survey(state: State, context: Context) -> State:
    """Run every analyser over every signal."""
    found = run_survey(
        context.telemetry,
        scope_of(state),
        context.settings.survey,
        ALL,
        progress=lambda name: context.progress("survey", name),
        found_so_far=interim_ranking(state, context) if context.watch.wanted else lambda found: None,
        stopped=lambda: context.watch.stopped,
    )
    traces = context.telemetry.traces
    traced = sorted(comparable(traces, scope_of(state))) if traces is not None else []
    timings = {f"survey.{name}": round(seconds, 3) for name, seconds in found.seconds.items()}
    return {
        "edges": [] if context.watch.stopped else metric_edges(context.telemetry, scope_of(state)),
        "evidence": dump(found.evidence),
        "failures": found.failures,
        "traced": traced,
        "timings": timings,
    }


def metric_edges(telemetry: Telemetry, scope: Scope) -> list[list[str]]:
    """Return caller and callee of the calls that metrics tell of; none where spans or a file tell better."""
    if telemetry.traces is not None or telemetry.graph or telemetry.metrics is None:
        return []
    try:
        found = telemetry.metrics.series(scope)
    except SourceError:  # the analyser that asked it, too, has said so
        return []
    return [[call.caller, call.callee] for call in edges_of(found)]


def interim_ranking(state: State, context: Context) -> Callable[[list[Evidence]], None]:
    """Return what ranks the evidence found so far and tells the watch."""
    traces = context.telemetry.traces
    traced = comparable(traces, scope_of(state)) if traces is not None else frozenset()
    picture = replace(picture_of(state, context), traced=traced)

    def told(found: list[Evidence]) -> None:
        ranked = rank_hypotheses(replace(picture, evidence=found), shipped_weights(), context.incident.steering)
        shown = worth_showing(ranked, context.settings.ranking.hypotheses, context.incident.steering)
        context.watch.tell(Interim("survey", tuple(found), tuple(shown), context.run_id))

    return told


def propose(state: State, context: Context) -> State:
    """Draft a hypothesis for every component that evidence points at, and order them."""
    picture = picture_of(state, context)
    hypotheses = rank_hypotheses(picture, shipped_weights(), context.incident.steering)
    return {
        "hypotheses": dump(hypotheses),
        "nothing": 1.0 - sum(h.confidence for h in hypotheses),
        "unaffected": unaffected(picture.evidence, picture.graph, picture.traced),
        "surge": surge(picture.evidence),
    }


def picture_of(state: State, context: Context) -> Picture:
    """Return what ranking looks at."""
    traces, metrics = context.telemetry.traces, context.telemetry.metrics
    senders: list[Source] = [traces] if traces is not None else context.telemetry.present()
    return Picture(
        evidence=evidence_of(state),
        graph=topology_of(state, context),
        instrumented=frozenset(name for source in senders for name in source.services()),
        traced=frozenset(state.get("traced", [])),
        measured=frozenset(metrics.services()) if metrics is not None else frozenset(),
        alarm=alarm_of(context),
        complete=complete(context.telemetry, scope_of(state)),
    )


def complete(telemetry: Telemetry, scope: Scope) -> bool:
    """Tell whether all three signals were read, against a baseline of several stretches as long as the incident."""
    baseline = sum(window.end_ns - window.start_ns for window in scope.baseline)
    enough_before = baseline >= STRETCHES * (scope.incident.end_ns - scope.incident.start_ns)
    return enough_before and None not in (telemetry.traces, telemetry.logs, telemetry.metrics)


def alarm_of(context: Context) -> Alarm | None:
    """Return what raised the alarm; None when nobody says where the symptom was seen."""
    file, service = context.folder.file, context.incident.service
    if not (service or file.service):
        return None
    metric = file.metric if service in ("", file.service) else ""
    return Alarm(service or file.service, metric, context.settings.ranking.unfounded_alarms)


def comparable(traces: TraceSource, scope: Scope) -> frozenset[str]:
    """Return the services whose latency spans tell: those with spans enough in both windows."""
    return frozenset(stats.service for stats in traces.operations(scope) if enough(stats.total))
