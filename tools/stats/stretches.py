"""Stretches: parts of the baseline as long as the incident, the unit in which healthy systems vary.

Requests within a minute resemble each other more than requests an hour apart. Judging an incident by
the spread of single requests, or of ten-second buckets, therefore sees changes everywhere; judging it
by the spread between equally long stretches of the baseline does not.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tools.stats.robust import robust_scale

RANGE_TO_SIGMA = 3.29
"""Width of the central 90 % of a unit normal."""
MIN_EXPECTED = 1.0
"""Stretches with a smaller expected count say nothing about dispersion (Cochran's rule, relaxed)."""


def stretch_ids(times: NDArray[np.int64], bucket_ns: int, span_ns: int) -> NDArray[np.int64]:
    """Assign time buckets to stretches no longer than `span_ns`; a gap of a bucket begins a new one.

    Args:
        times: bucket starts, ascending, Unix nanoseconds.
        bucket_ns: bucket width.
        span_ns: length of the incident.

    Returns:
        Shape of `times`: 0 for the first stretch, 1 for the second and so on.
    """
    ids = np.zeros(times.size, dtype=np.int64)
    begin, current = 0, 0
    for index in range(1, times.size):
        gap = times[index] - times[index - 1] > 2 * bucket_ns
        if gap or times[index] + bucket_ns - times[begin] > span_ns:
            current, begin = current + 1, index
        ids[index] = current
    return ids


def weighted_levels(ids: NDArray[np.int64], values: NDArray[np.float64], n: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean of bucket values per stretch, weighted by the number of observations."""
    if ids.size == 0:
        return np.empty(0)
    total = np.bincount(ids, weights=n)
    return np.asarray(np.bincount(ids, weights=values * n)[total > 0] / total[total > 0], dtype=np.float64)


def spread_scale(values: NDArray[np.float64]) -> float:
    """Return the larger of the median-deviation scale and the 5-95 % range, both as a normal's sigma.

    The first ignores outliers; a level that mostly rests and sometimes jumps shows in the second only.
    """
    if values.size < 2:
        return 0.0
    low, high = np.quantile(values, [0.05, 0.95])
    return max(robust_scale(values), float(high - low) / RANGE_TO_SIGMA)


def dispersion(ids: NDArray[np.int64], hits: NDArray[np.float64], trials: NDArray[np.float64]) -> float:
    """Return how much more a rate varies between stretches than chance alone, at least 1.

    Pearson's chi-square over its degrees of freedom (McCullagh & Nelder 1989, 4.5): against a binomial
    when hits never exceed trials, else against a Poisson.

    Args:
        ids: stretch of each bucket.
        hits: events a bucket.
        trials: opportunities a bucket.
    """
    if ids.size == 0 or trials.sum() <= 0:
        return 1.0
    events, chances = np.bincount(ids, weights=hits), np.bincount(ids, weights=trials)
    rate = events.sum() / chances.sum()
    expected = rate * chances
    thin = 1.0 - rate if hits.sum() <= trials.sum() and rate < 1.0 else 1.0
    keep = np.minimum(expected, chances - expected if thin < 1.0 else expected) >= MIN_EXPECTED
    if keep.sum() < 2:
        return 1.0
    chi_square = ((events - expected)[keep] ** 2 / (expected[keep] * thin)).sum()
    return max(1.0, float(chi_square / (keep.sum() - 1)))
