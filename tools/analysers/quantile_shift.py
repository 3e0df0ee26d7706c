"""How far a distribution of durations moved: by its median or its 90th percentile, whichever says more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from tools.analysers.base import change_words, milliseconds
from tools.evidence import Sample
from tools.sources.rows import Buckets, Spread, Two
from tools.stats import (
    cusum_onset,
    effect_size,
    moderated_scale,
    robust_scale,
    spread_scale,
    stretch_ids,
    weighted_levels,
)
from tools.window import Scope

RELATIVE_FLOOR = 0.05
"""A change below 5 % of the baseline is within what schedulers, caches and mixes of requests do."""
ABSOLUTE_FLOOR_NS = 100_000.0
"""0.1 ms: the resolution at which spans of different processes can be compared."""
MIN_STRETCHES = 3
"""With fewer stretches the baseline's own variation is unknown."""
MIN_SPANS = 3
"""Below three spans a median is an anecdote."""


class _Series(TypedDict):
    times: tuple[int, ...]
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Shift:
    """The quantile that moved, ns, with its series over both windows.

    `effect` is in units of the baseline's variation, `certainty` a standard normal under no change.
    """

    quantile: str
    baseline: float
    incident: float
    effect: float
    certainty: float
    series: Two[Buckets]

    def words(self) -> str:
        """Return what moved from where to where."""
        return (
            f"{change_words(self.baseline, self.incident)} {milliseconds(self.baseline)} to "
            f"{milliseconds(self.incident)} ({self.quantile})"
        )

    def onset(self) -> int | None:
        """Return when the quantile left its baseline level, Unix nanoseconds; None when it never did."""
        before, after = self._values(self.series.baseline), self._values(self.series.incident)
        scale = max(robust_scale(before), level_floor(self.baseline))
        return cusum_onset(self.series.incident.times, after, self.baseline, scale, self.effect)

    def samples(self) -> tuple[Sample, ...]:
        """Return the quantile per bucket in both windows as a series in ms, for a plot; then the median, if another.

        A tail that moves alone tells that most calls take what they always took.
        """
        series = Sample(kind="series", ref=f"{self.quantile} per bucket", **self._series(self._values))
        if self.quantile == "median":
            return (series,)
        return series, Sample(kind="series", ref="median per bucket", **self._series(lambda buckets: buckets.p50))

    def _series(self, values: Callable[[Buckets], NDArray[np.float64]]) -> _Series:
        both = (self.series.baseline, self.series.incident)
        times = tuple(moment for part in both for moment in part.times.tolist())
        return {"times": times, "values": tuple(value / 1e6 for part in both for value in values(part).tolist())}

    def _values(self, buckets: Buckets) -> NDArray[np.float64]:
        return buckets.p50 if self.quantile == "median" else buckets.p90


def enough(spread: Two[Spread]) -> bool:
    """Tell whether both windows have enough spans to compare."""
    return spread.baseline.n >= MIN_SPANS and spread.incident.n >= MIN_SPANS


def level_floor(level: float) -> float:
    """Return the smallest scale to believe in for a latency level, ns."""
    return max(RELATIVE_FLOOR * level, ABSOLUTE_FLOOR_NS)


def quantile_shift(spread: Two[Spread], buckets: Two[Buckets], scope: Scope, pooled: float = 0.0) -> Shift:
    """Return the shift of the quantile that moved more, in effect and certainty together.

    Effect: incident's level against the baseline's, in units of how much the quantile varies between
    stretches of the baseline, joined with its sampling error sqrt(q (1 - q) / n) / density, the density
    taken from neighbouring quantiles. The shorter the baseline, the more `pooled`, the relative variation
    that all operations showed, stands in. Certainty: how far the share of incident values above
    the baseline's quantile is from the expected one, in standard errors (sign test, distribution-free).

    Args:
        spread: of both windows; see `enough`.
        buckets: the same per time bucket.
        scope: the windows.
        pooled: relative variation of all operations.
    """
    base, now, series = spread.baseline, spread.incident, buckets.baseline
    ids = stretch_ids(series.times, scope.bucket_ns, scope.incident.end_ns - scope.incident.start_ns)
    few = (1 / now.n + 1 / base.n) ** 0.5
    sampling50, sampling90 = (base.p75 - base.p25) * few, 1.25 * (base.p99 - base.p75) * few
    levels50, levels90 = (weighted_levels(ids, values, series.n) for values in (series.p50, series.p90))
    candidates = (
        ("median", base.p50, now.p50, _effect(base.p50, now.p50, levels50, sampling50, pooled), _sign(spread, 0.5)),
        ("p90", base.p90, now.p90, _effect(base.p90, now.p90, levels90, sampling90, pooled), _sign(spread, 0.1)),
    )
    shifts = [Shift(*values, series=buckets) for values in candidates]
    return max(shifts, key=lambda s: min(abs(s.effect), abs(s.certainty)) if s.effect * s.certainty > 0 else -1.0)


def _effect(baseline: float, incident: float, levels: NDArray[np.float64], sampling: float, pooled: float) -> float:
    telling = levels if levels.size >= MIN_STRETCHES else levels[:0]
    between = moderated_scale(spread_scale(telling), telling.size, pooled * baseline)
    scale = (between**2 + sampling**2) ** 0.5
    return effect_size(incident, baseline, scale, level_floor(baseline))


def _sign(spread: Two[Spread], expected: float) -> float:
    """Return the z statistic of the share above a baseline quantile, 0.5 or 0.1 expected.

    The quantile itself is estimated, so both numbers of spans count.
    """
    now = spread.incident
    above = now.above_p50 if expected == 0.5 else now.above_p90
    variance = expected * (1 - expected) * (1 / now.n + 1 / spread.baseline.n)
    return float((above / now.n - expected) / variance**0.5)


def pooled_variation(spreads: list[Two[Spread]]) -> float:
    """Return the robust scale of the log ratios incident over baseline of all medians.

    Most operations are healthy even in an incident, so their changes show what no fault does.
    """
    usable = [s for s in spreads if enough(s) and s.baseline.p50 > 0 and s.incident.p50 > 0]
    return robust_scale(np.log([s.incident.p50 / s.baseline.p50 for s in usable])) if usable else 0.0
