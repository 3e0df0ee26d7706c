"""Random walk on the call graph: anomalies attract the walker, who mostly goes from caller to callee.

Kim, Sumbaly, Shah: "Root Cause Detection in a Service-Oriented Architecture" (MonitorRank), SIGMETRICS
2013: an edge caller → callee weighs the callee's similarity to the symptom, the way back ρ times the
caller's, and staying weighs what the node exceeds its best neighbour by; teleports go to similar nodes
(personalised PageRank). As in RCAEval's RandomWalkScorer, the anomaly score stands for the similarity.
The stationary distribution is computed, not sampled, so the walk adds no noise of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from agent.schema import Incident
from evals.rca.methods.base import Findings, by_score, components, open_incident
from evals.rca.methods.series import read_series
from evals.rca.methods.zscore import strongest_move
from tools.config import Settings
from tools.sources import Telemetry
from tools.sources.rows import Call
from tools.window import Scope

RHO = 0.5
"""Weight of the way back from callee to caller, RCAEval's default."""
DAMPING = 0.85
"""Share of steps along edges; the rest teleports (Page et al. 1999)."""
STEPS = 200

Numbers = NDArray[np.float64]


def rank_by_walk(incident: Incident, settings: Settings) -> Findings:
    """Rank components by how often a random walker is there."""
    telemetry, scope = open_incident(incident, settings)
    series = read_series(incident, telemetry, scope, settings)
    scores = strongest_move(series, components(telemetry))
    return Findings(by_score(walk(scores, call_graph(telemetry, scope))))


def call_graph(telemetry: Telemetry, scope: Scope) -> Sequence[Call]:
    """Return the calls that traces show, else those of a topology file."""
    return (telemetry.traces.topology(scope) if telemetry.traces else ()) or telemetry.graph


def walk(scores: dict[str, float], calls: Iterable[Call]) -> dict[str, float]:
    """Return the stationary probability of every component.

    Args:
        scores: anomaly of each component, not negative.
        calls: edges of the call graph; those of unknown components are ignored.
    """
    names = sorted(scores)
    at = {name: index for index, name in enumerate(names)}
    score = np.array([scores[name] for name in names])
    edges = {(at[c.caller], at[c.callee]) for c in calls if c.caller in at and c.callee in at and c.caller != c.callee}
    steps = _transitions(score, edges)
    home = score / score.sum() if score.sum() > 0 else np.full(score.size, 1 / score.size)
    here = home
    for _ in range(STEPS):
        here = DAMPING * here @ steps + (1 - DAMPING) * home
    return dict(zip(names, here.tolist(), strict=True))


def _transitions(score: Numbers, edges: set[tuple[int, int]]) -> Numbers:
    weights = np.zeros((score.size, score.size))
    for caller, callee in edges:
        weights[callee, caller] = max(weights[callee, caller], RHO * score[caller])
    for caller, callee in edges:
        weights[caller, callee] = score[callee]
    for node in range(score.size):
        weights[node, node] = max(score[node] - weights[node].max(), 0.0)
    total = weights.sum(axis=1, keepdims=True)
    uniform = np.full_like(weights, 1 / score.size)
    return np.where(total > 0, weights / np.where(total > 0, total, 1.0), uniform)
