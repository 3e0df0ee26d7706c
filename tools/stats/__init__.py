"""Small pure statistics: robust effects, onset, multiplicity."""

from tools.stats.changepoint import cusum_onset
from tools.stats.multiplicity import benjamini_hochberg, two_sided_p
from tools.stats.robust import effect_size, poisson_rate_effect, robust_scale, two_proportion_effect

__all__ = [
    "benjamini_hochberg",
    "cusum_onset",
    "effect_size",
    "poisson_rate_effect",
    "robust_scale",
    "two_proportion_effect",
    "two_sided_p",
]
