"""Robust location, scale and effect size.

Everything here is two-sided: a drop counts as much as a spike.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

MAD_TO_SIGMA = 1.4826
"""Makes the median absolute deviation of a normal sample estimate its standard deviation
(1 / Phi^-1(3/4); Rousseeuw & Croux 1993)."""


def robust_scale(values: NDArray[np.float64]) -> float:
    """Return 1.4826 times the median absolute deviation; 0 for fewer than two values."""
    if values.size < 2:
        return 0.0
    return float(MAD_TO_SIGMA * np.median(np.abs(values - np.median(values))))


def effect_size(incident: float, baseline: float, scale: float, floor: float) -> float:
    """Return the signed distance of two levels in units of the baseline's variation.

    Args:
        incident: level in the incident window.
        baseline: level in the baseline.
        scale: robust scale of the baseline, same unit; NaN counts as 0.
        floor: smallest scale to believe in, same unit, above 0: guards against a constant baseline.

    Returns:
        (incident - baseline) / max(scale, floor); 0 when either level is not finite.
    """
    if not (math.isfinite(incident) and math.isfinite(baseline)):
        return 0.0
    return (incident - baseline) / max(scale if math.isfinite(scale) else 0.0, floor)


def two_proportion_effect(hits: float, total: float, base_hits: float, base_total: float) -> float:
    """Return the signed z statistic of two proportions, with one pseudo-count on each side.

    The pseudo-count (Agresti & Caffo 2000) keeps 0 of n finite.

    Args:
        hits: events in the incident window, out of `total`.
        total: trials in the incident window.
        base_hits: events in the baseline, out of `base_total`.
        base_total: trials in the baseline.
    """
    p1, p0 = (hits + 1) / (total + 2), (base_hits + 1) / (base_total + 2)
    variance = p1 * (1 - p1) / (total + 2) + p0 * (1 - p0) / (base_total + 2)
    return (p1 - p0) / math.sqrt(variance)


def poisson_rate_effect(count: float, exposure: float, base_count: float, base_exposure: float) -> float:
    """Return the signed effect of two Poisson rates by the variance-stabilising square root.

    2 (sqrt(x1 + 3/8) - sqrt(x0 + 3/8)) is close to a unit normal difference (Anscombe 1948); the
    baseline count is scaled to the incident's exposure and its own variance is kept.

    Args:
        count: events in the incident window.
        exposure: length or opportunity of the incident window.
        base_count: events in the baseline.
        base_exposure: length or opportunity of the baseline, same unit; 0 gives 0.
    """
    if base_exposure <= 0 or exposure <= 0:
        return 0.0
    ratio = exposure / base_exposure
    difference = math.sqrt(count + 0.375) - math.sqrt(ratio * (base_count + 0.375))
    return 2.0 * difference / math.sqrt(1.0 + ratio)
