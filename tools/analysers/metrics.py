"""Metrics: robust two-sided change of every series, drops as much as spikes.

The incident's level is compared with the levels that baseline stretches of the same number of points
had, so a metric that wanders by itself must wander further to count. Nothing is thresholded after
cutting to the incident window.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tools.analysers.base import Analyser, Finding, change_words, strongest
from tools.analysers.metric_classes import MetricClass, is_share_of_good, metric_class
from tools.analysers.metric_details import with_details
from tools.analysers.metric_share import key_of, latency_shares
from tools.config import SurveySettings
from tools.evidence import Evidence, EvidenceKind, Sample, Subject, onset_of
from tools.sources import MetricSource, Telemetry
from tools.sources.rows import MetricSeries, Two
from tools.stats import cusum_onset, effect_size, moderated_scale, robust_scale, spread_scale
from tools.window import NS, Scope

RELATIVE_FLOOR = 0.05
"""As for latency: 5 % of the level is what healthy systems do between two looks."""
MIN_PEERS = 5
"""Fewer series of a metric do not tell what it does without a fault."""
MIN_BASELINE = 4
"""Below four points neither level nor variation of the baseline is known."""
MATERIAL = 0.25
"""A change below a quarter of what the metric usually is elsewhere is too small to be felt: an idle
component that goes from nothing to next to nothing."""
ERROR_BUDGET = 0.001
"""Three nines: fewer failures than one request in a thousand are what services promise anyway."""
RECENT = 3
"""Points before the incident that tell the level just before it."""
PLOTTED = 240
"""Points kept for a plot."""


@dataclass(frozen=True, slots=True)
class Peers:
    """What the other series of the same metric tell: relative variation, and the usual level."""

    variation: float
    level: float


NO_PEERS = Peers(0.0, 0.0)


def analyse_metrics(telemetry: Telemetry, scope: Scope, settings: SurveySettings) -> list[Evidence]:
    """Return evidence on shifted metrics, strongest first."""
    metrics = telemetry.metrics
    if metrics is None:
        return []
    found = metrics.series(scope)
    judged = [of_failures(s) for s in found]
    variation, level = pooled_variation(judged), peer_levels(judged)
    peers = {name: Peers(variation.get(name, 0.0), level.get(name, 0.0)) for name in {s.metric for s in found}}
    shares = latency_shares(found)
    shifts = [(s, _shift(metrics, scope, s, of, peers[s.metric])) for s, of in zip(found, judged, strict=True)]
    kept = strongest([_with_share(item, shares.get(key_of(s))) for s, item in shifts if item], settings)
    behind = {item.evidence.subject: s for s, item in shifts if item}
    return with_details(metrics, scope, kept, [behind[item.subject] for item in kept])


def _with_share(item: Finding, share: float | None) -> Finding:
    return Finding(item.evidence.model_copy(update={"share": share}), item.certainty)


def of_failures(series: MetricSeries) -> MetricSeries:
    """Return the part, 0..1, that failed where a metric tells the part that went well; any other series as it is.

    From 99.9 % to 98 % is a fiftieth of the one and twenty times the other, and it is failures that are felt.
    """
    values = series.values
    if not (is_share_of_good(series.metric) and values.baseline.size and values.incident.size):
        return series
    highest = float(max(values.baseline.max(), values.incident.max()))
    whole = 1.0 if highest <= 1.0 else 100.0
    if highest > whole:
        return series
    return replace(series, values=Two(1.0 - values.baseline / whole, 1.0 - values.incident / whole))


def pooled_variation(found: list[MetricSeries]) -> dict[str, float]:
    """Return per metric the robust scale of log ratios incident over baseline of all its series.

    Where a baseline is too short to vary, what the other components did stands in. Metrics of fewer
    than `MIN_PEERS` series are left out.
    """
    ratios: dict[str, list[float]] = defaultdict(list)
    for series in found:
        before, after = series.values.baseline, series.values.incident
        if before.size and after.size:
            base, now = abs(float(np.median(before))), abs(float(np.median(after)))
            if base > 0 and now > 0:
                ratios[series.metric].append(math.log(now / base))
    return {name: robust_scale(np.array(values)) for name, values in ratios.items() if len(values) >= MIN_PEERS}


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
    base, now = float(np.median(baseline)), float(np.median(incident))
    enough = baseline.size if baseline.size >= MIN_BASELINE else 0
    within = spread_scale(baseline) / incident.size**0.5 if enough else 0.0
    between = spread_scale(stretch_levels(baseline, incident.size)) if enough else 0.0
    scale = moderated_scale(max(within, between), enough // max(incident.size, 1), peers.variation * abs(base))
    floor = max(RELATIVE_FLOOR * abs(base), MATERIAL * peers.level, least)
    return effect_size(now, base, scale, floor), base, now


def counting_noise(series: MetricSeries) -> float:
    """Return what a count scatters by itself, the root of its level (Poisson); next to 0 for what is not a count.

    A pool that has one connection in use now and two then has not changed. A rate of events is a count
    divided by the interval between its points.
    """
    values = series.values.baseline
    level = abs(float(np.median(values)))
    if interval_s := _rate_interval(series):
        return math.sqrt(max(level * interval_s, 1.0)) / interval_s
    return math.sqrt(max(level, 1.0)) if bool((values == np.round(values)).all()) else 1e-9


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
    before = series.times.baseline < series.times.incident[0]
    recent = series.values.baseline[before][-RECENT:]
    if recent.size == 0:
        return effect
    level, now = float(np.median(recent)), float(np.median(series.values.incident))
    scale = (now - base) / effect
    from_recent = (now - level) / scale
    return min(effect, from_recent, key=abs) if from_recent * effect > 0 else 0.0


def peer_levels(found: list[MetricSeries]) -> dict[str, float]:
    """Return per metric the median baseline level over all its series, 0 for fewer than `MIN_PEERS`."""
    levels: dict[str, list[float]] = defaultdict(list)
    for series in found:
        if series.values.baseline.size:
            levels[series.metric].append(abs(float(np.median(series.values.baseline))))
    return {name: float(np.median(values)) for name, values in levels.items() if len(values) >= MIN_PEERS}


def _shift(
    metrics: MetricSource, scope: Scope, series: MetricSeries, judged: MetricSeries, peers: Peers
) -> Finding | None:
    before, after = series.values.baseline, series.values.incident
    if after.size == 0 or before.size < (1 if peers.variation else MIN_BASELINE):
        return None
    effect = (
        _effect(judged, peers, counting_noise(series)) if judged is series else -_effect(judged, peers, ERROR_BUDGET)
    )
    if effect == 0.0:
        return None
    base, now = float(np.median(before)), float(np.median(after))
    scale = max(spread_scale(before), RELATIVE_FLOOR * abs(base), 1e-9)
    onset = cusum_onset(series.times.incident, after, base, scale, effect)
    subject = Subject(
        kind="metric", service=series.service, pod=series.pod, peer=series.peer, name=series.metric + series.attributes
    )
    unit = series.unit
    evidence = Evidence(
        kind=EvidenceKind.METRIC_SHIFT,
        subject=subject,
        statement=f"{subject.label()} {change_words(base, now)} {base:.4g} to {now:.4g} {unit}".rstrip(),
        baseline=base,
        incident=now,
        unit=unit,
        effect=effect,
        onset=onset_of(onset),
        query=metrics.query("series", scope, subject),
        samples=(_plot(series),),
    )
    return Finding(evidence, exceedance(before, after, effect))


def _effect(judged: MetricSeries, peers: Peers, least: float) -> float:
    """Return the effect on what a series is judged by; see `shift_effect` for `least`."""
    effect, base, _ = shift_effect(judged.values.baseline, judged.values.incident, peers, least)
    return recent_effect(judged, base, effect) if effect else 0.0


def _rate_interval(series: MetricSeries) -> float:
    """Return the seconds between points of a series that is a rate of events; 0 for anything else."""
    times = np.concatenate([series.times.baseline, series.times.incident])
    counted = bool((series.values.baseline == np.round(series.values.baseline)).all())
    if counted or times.size < 2 or metric_class(series.metric) is not MetricClass.TRAFFIC:
        return 0.0
    return float(np.median(np.diff(np.sort(times)))) / NS


def _plot(series: MetricSeries) -> Sample:
    times = np.concatenate([series.times.baseline, series.times.incident])
    values = np.concatenate([series.values.baseline, series.values.incident])
    order = np.argsort(times)[-PLOTTED:]
    return Sample(kind="series", ref="points", times=tuple(times[order].tolist()), values=tuple(values[order].tolist()))


METRICS = Analyser("metrics", ("metrics",), analyse_metrics)
