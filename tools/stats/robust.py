"""Robust location, scale and effect size.

Everything here is two-sided: a drop counts as much as a spike.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

ROUNDING = 1e-9
"""What sums of logarithms of counts in the millions are off by."""
PRIOR_VALUES = 4
"""What a pooled scale is worth: with more values of their own than this, they count more."""
MAD_TO_SIGMA = 1.4826
"""Makes the median absolute deviation of a normal sample estimate its standard deviation
(1 / Phi^-1(3/4); Rousseeuw & Croux 1993)."""


def median(values: NDArray[np.float64]) -> float:
    """Return the middle value; NaN for no values.

    The same as `numpy.median`, in a fifth of its time for the short arrays that analysers ask about by the thousand.
    """
    if values.size == 0:
        return math.nan
    ordered, middle = np.sort(values), values.size // 2
    return float(ordered[middle] if values.size % 2 else (ordered[middle - 1] + ordered[middle]) / 2)


def robust_scale(values: NDArray[np.float64]) -> float:
    """Return 1.4826 times the median absolute deviation; 0 for fewer than two values."""
    if values.size < 2:
        return 0.0
    return float(MAD_TO_SIGMA * median(np.abs(values - median(values))))


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


def moderated_scale(own: float, n: int, pooled: float) -> float:
    """Return a scale from few values, drawn towards that of many like it.

    The mean of both variances, weighted by degrees of freedom (Smyth 2004); the pooled one counts as
    `PRIOR_VALUES` values.

    Args:
        own: scale of the values at hand; NaN counts as 0.
        n: their number.
        pooled: scale of comparable values, same unit; 0 when there are none to compare with.
    """
    if pooled <= 0.0 or n < 1:
        return max(own if math.isfinite(own) else 0.0, pooled)
    return math.sqrt((n * own * own + PRIOR_VALUES * pooled * pooled) / (n + PRIOR_VALUES))


def two_proportion_effect(hits: float, total: float, base_hits: float, base_total: float) -> float:
    """Return the signed root of the likelihood ratio of two proportions against a common one.

    Standard normal under no change (Wilks 1938), and unlike the usual z statistic still powerful when
    a proportion is near 0 or 1, as with a call that every request makes. Half a hit and half a miss are
    added on each side (Jeffreys), so that 0 of n is finite.

    Args:
        hits: events in the incident window, out of `total`.
        total: trials in the incident window.
        base_hits: events in the baseline, out of `base_total`.
        base_total: trials in the baseline.
    """
    n1, n0 = total + 1.0, base_total + 1.0
    x1, x0 = hits + 0.5, base_hits + 0.5
    pooled = (x1 + x0) / (n1 + n0)
    ratio = _log_ratio(x1, n1 * pooled) + _log_ratio(n1 - x1, n1 * (1 - pooled))
    ratio += _log_ratio(x0, n0 * pooled) + _log_ratio(n0 - x0, n0 * (1 - pooled))
    return _signed_root(ratio, x1 / n1 - x0 / n0)


def poisson_rate_effect(count: float, exposure: float, base_count: float, base_exposure: float) -> float:
    """Return the signed root of the likelihood ratio of two Poisson rates against a common one.

    Given the sum of both counts, one of them is binomial (Przyborowski & Wilenski 1940). Half an
    event is added on each side in proportion to exposure.

    Args:
        count: events in the incident window.
        exposure: length or opportunity of the incident window.
        base_count: events in the baseline.
        base_exposure: length or opportunity of the baseline, same unit; 0 gives 0.
    """
    if base_exposure <= 0 or exposure <= 0:
        return 0.0
    part = exposure / (exposure + base_exposure)
    x1, x0 = count + part, base_count + (1 - part)
    ratio = _log_ratio(x1, (x1 + x0) * part) + _log_ratio(x0, (x1 + x0) * (1 - part))
    return _signed_root(ratio, x1 - (x1 + x0) * part)


def _signed_root(log_ratio: float, direction: float) -> float:
    """Return the signed root of twice a log-likelihood ratio; what rounding leaves of no ratio is 0."""
    return math.copysign(math.sqrt(2.0 * log_ratio), direction) if log_ratio > ROUNDING else 0.0


def _log_ratio(observed: float, expected: float) -> float:
    return observed * math.log(observed / expected) if observed > 0 else 0.0
