"""Distributions as mean, count, sum and explicit buckets, whatever form they were sent in."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tools.otlp.decode.rows import Point, finite


class ExponentialBuckets(NamedTuple):
    """Buckets of an exponential histogram: bucket i covers (base^i, base^(i+1)], base = 2^(2^-scale)."""

    offset: int
    counts: Sequence[float]


def mean_of(total: float | None, count: float) -> float | None:
    """Return the mean of a distribution, None without observations or without a finite sum."""
    total = finite(total)
    return total / count if total is not None and count > 0 else None


def histogram_point(
    time: tuple[int, int],
    attributes: dict[str, str],
    count: float,
    total: float | None,
    buckets: tuple[Sequence[float], Sequence[float]] | None,
) -> Point:
    """Return the point of any kind of histogram.

    Args:
        time: time and start time, Unix nanoseconds.
        attributes: of the point.
        count: number of observations.
        total: sum of observations, None when unknown.
        buckets: counts and upper bounds, one count more than bounds; None when not sent.
    """
    counts, bounds = ([float(n) for n in part] for part in buckets) if buckets else ([], [])
    fits = len(counts) == len(bounds) + 1
    return Point(
        *time,
        attributes,
        value=mean_of(total, count),
        observations=float(count),
        total=total,
        bucket_counts=counts if fits else None,
        explicit_bounds=bounds if fits else None,
    )


def explicit_buckets(
    scale: int, zero_count: int, positive: ExponentialBuckets, negative: ExponentialBuckets
) -> tuple[list[float], list[float]] | None:
    """Return an exponential histogram's buckets as counts and ascending upper bounds.

    Follows the OpenTelemetry metrics data model, "ExponentialHistogram". The bucket around zero spans the
    gap between the negative and the positive buckets.

    Returns:
        (counts, bounds) with one count more than bounds; None when a bound is beyond a float.
    """
    below = _bounds(scale, negative)
    above = _bounds(scale, positive)
    if below is None or above is None:
        return None
    bounds = [-bound for bound in reversed(below)] + above
    if not bounds:
        return [float(zero_count)], []
    under = [0.0, *map(float, reversed(negative.counts))] if below else []
    over = [*map(float, positive.counts), 0.0] if above else []
    return [*under, float(zero_count), *over], bounds


def _bounds(scale: int, buckets: ExponentialBuckets) -> list[float] | None:
    if not buckets.counts:
        return []
    try:
        width = math.ldexp(1.0, -scale)
        bounds = [2.0 ** ((buckets.offset + i) * width) for i in range(len(buckets.counts) + 1)]
    except OverflowError:
        return None
    return bounds if bounds[-1] <= sys.float_info.max else None


def quantile_points(
    time: tuple[int, int], attributes: Mapping[str, str], quantiles: Sequence[tuple[float, float]]
) -> list[Point]:
    """Return one point a quantile of a summary, marked by an attribute as Prometheus does."""
    return [Point(*time, {**attributes, "quantile": f"{quantile:g}"}, value) for quantile, value in quantiles]
