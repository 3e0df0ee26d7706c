"""BARO's scorer: how far a series rises above its normal median, in interquartile ranges.

Pham, Ha, Zhang: "BARO: Robust Root Cause Analysis for Microservices via Multivariate Bayesian Online
Change Point Detection", FSE 2024 (arXiv 2405.09330), section 3.3, RobustScorer. Its change-point step
is left out: the windows are given, as in RCAEval's `baro(data, inject_time)`. The `rcaeval` package
itself (1.8.1) is not used: it pins 126 exact versions and offers no method under Python 3.11. The
arithmetic here is its own, scikit-learn's RobustScaler and then the maximum.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from agent.schema import Incident
from evals.rca.methods.base import Findings, by_score, components, open_incident
from evals.rca.methods.series import Series, read_series
from tools.config import Settings


def rank_by_baro(incident: Incident, settings: Settings) -> Findings:
    """Rank components by their highest scoring series."""
    telemetry, scope = open_incident(incident, settings)
    series = read_series(incident, telemetry, scope, settings)
    return Findings(by_score(dict.fromkeys(components(telemetry), -np.inf) | best_of(series)))


def best_of(series: Iterable[Series]) -> dict[str, float]:
    """Return each component's highest score; series that never vary are left out as in the original."""
    best: dict[str, float] = {}
    for own in series:
        if np.ptp(np.concatenate([own.baseline, own.incident])) > 0:
            best[own.service] = max(best.get(own.service, -np.inf), baro_score(own))
    return best


def baro_score(series: Series) -> float:
    """Return max over the incident of (x - median) / IQR of the baseline; an IQR of 0 counts as 1."""
    low, middle, high = np.quantile(series.baseline, [0.25, 0.5, 0.75])
    return float((series.incident.max() - middle) / ((high - low) or 1.0))
