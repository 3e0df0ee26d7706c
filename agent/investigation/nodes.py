"""The nodes between intake and report. Each is a thin wrapper around a pure function."""

from __future__ import annotations

from agent.investigation.state import Context, State, dump, evidence_of, scope_of
from agent.investigation.verify import topology_of
from agent.ranking import Picture, rank_hypotheses, shipped_weights
from tools.analysers import ALL
from tools.analysers.survey import run_survey


def survey(state: State, context: Context) -> State:
    """Run every analyser over every signal."""
    found = run_survey(
        context.telemetry,
        scope_of(state),
        context.settings.survey,
        ALL,
        progress=lambda name: context.progress("survey", name),
    )
    timings = {f"survey.{name}": round(seconds, 3) for name, seconds in found.seconds.items()}
    return {"evidence": dump(found.evidence), "failures": found.failures, "timings": timings}


def propose(state: State, context: Context) -> State:
    """Draft a hypothesis for every component that evidence points at, and order them."""
    hypotheses = rank_hypotheses(picture_of(state, context), shipped_weights())
    return {"hypotheses": dump(hypotheses), "nothing": 1.0 - sum(h.confidence for h in hypotheses)}


def picture_of(state: State, context: Context) -> Picture:
    """Return what ranking looks at."""
    traces, metrics = context.telemetry.traces, context.telemetry.metrics
    return Picture(
        evidence=evidence_of(state),
        graph=topology_of(state, context),
        instrumented=frozenset(name for source in context.telemetry.present() for name in source.services()),
        traced=frozenset(traces.services()) if traces is not None else frozenset(),
        measured=frozenset(metrics.services()) if metrics is not None else frozenset(),
    )
