"""Small pure statistics: robust effects, onset, multiplicity."""

from tools.stats.changepoint import cusum_onset
from tools.stats.multiplicity import benjamini_hochberg, inflation, two_sided_p
from tools.stats.robust import (
    effect_size,
    median,
    moderated_scale,
    poisson_rate_effect,
    robust_scale,
    two_proportion_effect,
)
from tools.stats.scan import Departure, strongest_since
from tools.stats.stretches import CalmRate, calm_rate, spread_scale, stretch_ids, weighted_levels

__all__ = [
    "CalmRate",
    "Departure",
    "benjamini_hochberg",
    "calm_rate",
    "cusum_onset",
    "effect_size",
    "inflation",
    "median",
    "moderated_scale",
    "poisson_rate_effect",
    "robust_scale",
    "spread_scale",
    "stretch_ids",
    "strongest_since",
    "two_proportion_effect",
    "two_sided_p",
    "weighted_levels",
]
