"""Stretches: parts of the baseline as long as the incident, the unit in which healthy systems vary.

Requests within a minute resemble each other more than requests an hour apart. Judging an incident by
the spread of single requests, or of ten-second buckets, therefore sees changes everywhere; judging it
by the spread between equally long stretches of the baseline does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from tools.stats.robust import robust_scale

RANGE_TO_SIGMA = 3.29
"""Width of the central 90 % of a unit normal."""
TRIMMED = 0.2
"""Share of stretches that may be unlike the rest: one in five, so five stretches are needed to leave one out."""
C_STEPS = 4
"""Concentration steps; they converge in two or three."""
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
    return np.array(_stretch_ids(tuple(times.tolist()), bucket_ns, span_ns), dtype=np.int64)


@lru_cache(maxsize=256)
def _stretch_ids(times: tuple[int, ...], bucket_ns: int, span_ns: int) -> tuple[int, ...]:
    """Kept, as all calls and log templates of one operation share their buckets."""
    ids, begin = [0] * len(times), 0
    for index in range(1, len(times)):
        gap = times[index] - times[index - 1] > 2 * bucket_ns
        begins = gap or times[index] + bucket_ns - times[begin] > span_ns
        begin = index if begins else begin
        ids[index] = ids[index - 1] + begins
    return tuple(ids)


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


@dataclass(frozen=True, slots=True)
class CalmRate:
    """A rate in the calm part of the baseline: events, opportunities, and how much more than by chance it varies."""

    hits: float
    trials: float
    dispersion: float


def calm_rate(ids: NDArray[np.int64], hits: NDArray[np.float64], trials: NDArray[np.float64]) -> CalmRate:
    """Return a rate and its variation between stretches, without the stretches that fit it worst.

    Least trimmed squares (Rousseeuw & Van Driessen 2006): a baseline that a person marked as healthy often
    holds the tail of an earlier incident, and one such stretch among ten would hide the same fault now.
    The dispersion is Pearson's chi-square over its degrees of freedom (McCullagh & Nelder 1989, 4.5), at
    least 1, with the share that trimming takes away from a normal sample's squares given back. It is taken
    against a binomial when hits never exceed trials, else against a Poisson.

    Args:
        ids: stretch of each bucket.
        hits: events a bucket.
        trials: opportunities a bucket.
    """
    if ids.size == 0 or trials.sum() <= 0:
        return CalmRate(float(hits.sum()), float(trials.sum()), 1.0)
    chances = np.asarray(np.bincount(ids, weights=trials), dtype=np.float64)
    events = np.asarray(np.bincount(ids, weights=hits), dtype=np.float64)[chances > 0]
    chances = chances[chances > 0]
    thin = bool((hits <= trials).all())
    core = np.arange(events.size)
    for _ in range(C_STEPS):
        squares = _pearson(events, chances, events[core].sum() / chances[core].sum(), thin)
        core = np.argsort(squares, kind="stable")[: events.size - int(TRIMMED * events.size)]
    rate = events[core].sum() / chances[core].sum()
    squares = _pearson(events, chances, rate, thin)[core]
    telling = np.minimum(rate, 1.0 - rate if thin else rate) * chances[core] >= MIN_EXPECTED
    spread = 1.0
    if telling.sum() >= 2:
        left = _left_by_trimming(1.0 - core.size / events.size)
        spread = max(1.0, float(squares[telling].sum() / max(telling.sum() - 1, 1) / left))
    return CalmRate(float(events[core].sum()), float(chances[core].sum()), spread)


def _pearson(events: NDArray[np.float64], chances: NDArray[np.float64], rate: float, thin: bool) -> NDArray[np.float64]:
    """Return squared Pearson residuals; a rate of 0 or 1 is moved half an event inside."""
    total = chances.sum()
    rate = min(max(rate, 0.5 / (total + 1.0)), (total + 0.5) / (total + 1.0) if thin else np.inf)
    expected = rate * chances
    return np.asarray((events - expected) ** 2 / (expected * (1.0 - rate if thin else 1.0)), dtype=np.float64)


def _left_by_trimming(share: float) -> float:
    """Return the mean square of a unit normal sample whose largest squares, a share of it, are taken away."""
    if share <= 0.0:
        return 1.0
    bound = NormalDist().inv_cdf(1.0 - share / 2.0)
    return (1.0 - share - 2.0 * bound * NormalDist().pdf(bound)) / (1.0 - share)
