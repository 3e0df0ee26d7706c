"""Robust z-score, two-sided: how far the level of a series moved, in robust standard deviations.

The textbook detector (Iglewicz & Hoaglin 1993: 0.6745 (x - median) / MAD), on the incident's median
instead of single points, so that one outlier accuses nobody.
"""

from __future__ import annotations

import numpy as np

from agent.schema import Incident
from evals.rca.methods.base import Findings, by_score, components, open_incident
from evals.rca.methods.series import Series, read_series
from tools.config import Settings
from tools.stats import robust_scale


def rank_by_zscore(incident: Incident, settings: Settings) -> Findings:
    """Rank components by the series that moved most."""
    telemetry, scope = open_incident(incident, settings)
    series = read_series(incident, telemetry, scope, settings)
    return Findings(by_score(strongest_move(series, components(telemetry))))


def strongest_move(series: list[Series], names: list[str]) -> dict[str, float]:
    """Return the largest z of any series for every component; 0 for one without series."""
    best = dict.fromkeys(names, 0.0)
    for own in series:
        best[own.service] = max(best.get(own.service, 0.0), robust_z(own))
    return best


def robust_z(series: Series) -> float:
    """Return |median of the incident - median of the baseline| / 1.4826 MAD of the baseline.

    Without a MAD (half the baseline is one value) the standard deviation serves; without that 0,
    because a series that never varied gives no unit to measure in.
    """
    scale = robust_scale(series.baseline) or float(np.std(series.baseline))
    distance = abs(float(np.median(series.incident) - np.median(series.baseline)))
    return distance / scale if scale > 0 else 0.0
