"""How far one metric series moved, and how sure that is."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tools.sources.rows import MetricSeries
from tools.stats import effect_size, median, moderated_scale, spread_scale

RELATIVE_FLOOR = 0.05
"""As for latency: 5 % of the level is what healthy systems do between two looks."""
MIN_BASELINE = 4
"""Below four points neither level nor variation of the baseline is known."""
MATERIAL = 0.25
"""A change below a quarter of what the metric usually is elsewhere is too small to be felt: an idle
component that goes from nothing to next to nothing."""
RECENT = 3
"""Points before the incident that tell the level just before it."""
GAP = 3.0
"""Times the usual step between points: what lies before a gap is of another hour, or another day."""


@dataclass(frozen=True, slots=True)
class Peers:
    """What the other series of the same metric tell: relative variation, and the usual level."""

    variation: float
    level: float


NO_PEERS = Peers(0.0, 0.0)


def stretch_levels(values: NDArray[np.float64], length: int) -> NDArray[np.float64]:
    """Return the median of every run of `length` consecutive values; the values themselves when too few."""
    if values.size < length + MIN_BASELINE or length < 1:
        return values
    return np.asarray(np.median(np.lib.stride_tricks.sliding_window_view(values, length), axis=1), dtype=np.float64)


def shift_effect(
    baseline: NDArray[np.float64],
    incident: NDArray[np.float64],
    peers: Peers = NO_PEERS,
    least: float = 1e-9,
) -> tuple[float, float, float]:
    """Return effect, baseline level and incident level of one series.

    The incident's level is the median of its points. Variation is the larger of the scale of single
    points divided by the root of their number, and the scale of equally long baseline stretches, completed
    by what the metric did elsewhere where there are few.

    Args:
        baseline: values in the baseline.
        incident: values in the incident, at least one.
        peers: what other series of the metric did.
        least: smallest scale to believe in, above 0, same unit; see `counting_noise`.
    """
    base, now = median(baseline), median(incident)
    enough = baseline.size if baseline.size >= MIN_BASELINE else 0
    within = spread_scale(baseline) / incident.size**0.5 if enough else 0.0
    between = spread_scale(stretch_levels(baseline, incident.size)) if enough else 0.0
    scale = moderated_scale(max(within, between), enough // max(incident.size, 1), peers.variation * abs(base))
    floor = max(RELATIVE_FLOOR * abs(base), MATERIAL * peers.level, least)
    return effect_size(now, base, scale, floor), base, now


def exceedance(baseline: NDArray[np.float64], incident: NDArray[np.float64], direction: float) -> float:
    """Return how sure it is that points moved in a direction, as a z statistic with its sign.

    The share of incident points beyond the baseline's 10 % tail, against the expected tenth.
    """
    if direction > 0:
        beyond = float(np.mean(incident > np.quantile(baseline, 0.9)))
    else:
        beyond = float(np.mean(incident < np.quantile(baseline, 0.1)))
    z = max((beyond - 0.1) / (0.09 / incident.size) ** 0.5, 0.0)
    return math.copysign(z, direction)


def recent_effect(series: MetricSeries, base: float, effect: float) -> float:
    """Return the effect measured from the last points before the incident, if weaker; 0 if it has another sign.

    A metric that drifted away long ago (a slow leak, another hour of the day) deviates from the whole
    baseline, yet did not change when the incident began.
    """
    recent = _just_before(series)
    if recent.size == 0:
        return effect
    level, now = median(recent), median(series.values.incident)
    scale = (now - base) / effect
    from_recent = (now - level) / scale
    return min(effect, from_recent, key=abs) if from_recent * effect > 0 else 0.0


def _just_before(series: MetricSeries) -> NDArray[np.float64]:
    """Return the last points before the incident; where two are there, none from before a gap in the data."""
    before = series.times.baseline < series.times.incident[0]
    times, values = series.times.baseline[before], series.values.baseline[before]
    steps = np.diff(times)
    gaps = np.flatnonzero(steps > GAP * np.median(steps)) if steps.size else steps
    start = int(gaps[-1]) + 1 if gaps.size and times.size - int(gaps[-1]) > 2 else 0
    return np.asarray(values[max(start, values.size - RECENT) :], dtype=np.float64)
