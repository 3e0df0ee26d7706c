"""The nodes between intake and report. Each is a thin wrapper around a pure function."""

from __future__ import annotations

from agent.investigation.state import Context, State, dump, evidence_of, hypotheses_of, scope_of
from agent.ranking import propose_hypotheses, rank_hypotheses
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
    """Draft hypotheses from evidence and topology."""
    return {"hypotheses": dump(propose_hypotheses(evidence_of(state)))}


def rank(state: State, context: Context) -> State:
    """Score and order the hypotheses."""
    return {"hypotheses": dump(rank_hypotheses(hypotheses_of(state), evidence_of(state)))}
