"""Metrics: robust two-sided change of every series, drops as much as spikes.

The incident's level is compared with the levels that baseline stretches of the same number of points
had, so a metric that wanders by itself must wander further to count. Nothing is thresholded after
cutting to the incident window.
"""

from __future__ import annotations

import numpy as np

from tools.analysers.base import Analyser, Finding, change_words, strongest
from tools.analysers.metric_details import with_details
from tools.analysers.metric_scale import Judged, capacities, judged, peer_levels, pooled_variation
from tools.analysers.metric_share import latency_shares
from tools.analysers.metric_shift import MIN_BASELINE, RELATIVE_FLOOR, Peers, exceedance, recent_effect, shift_effect
from tools.config import SurveySettings
from tools.evidence import Evidence, EvidenceKind, Sample, Subject, onset_of
from tools.sources import MetricSource, Telemetry
from tools.sources.rows import MetricSeries, key_of
from tools.stats import cusum_onset, median, spread_scale
from tools.window import Scope

PLOTTED = 240
"""Points kept for a plot."""


def analyse_metrics(telemetry: Telemetry, scope: Scope, settings: SurveySettings) -> list[Evidence]:
    """Return evidence on shifted metrics, strongest first."""
    metrics = telemetry.metrics
    if metrics is None:
        return []
    found = metrics.series(scope)
    capacity = capacities(found)
    scaled = [judged(s, capacity) for s in found]
    variation, level = pooled_variation([of.series for of in scaled]), peer_levels([of.series for of in scaled])
    peers = {name: Peers(variation.get(name, 0.0), level.get(name, 0.0)) for name in {s.metric for s in found}}
    shares = latency_shares(found)
    shifts = [
        _shift(metrics, scope, s, of, peers[s.metric], shares.get(key_of(s)))
        for s, of in zip(found, scaled, strict=True)
    ]
    kept = strongest([item for item in shifts if item], settings)
    behind = {subject_of(s): s for s in found}
    return with_details(metrics, scope, kept, [behind[item.subject] for item in kept])


def subject_of(series: MetricSeries) -> Subject:
    """Return what a series speaks of."""
    name = series.metric + series.attributes
    return Subject(kind="metric", service=series.service, pod=series.pod, peer=series.peer, name=name)


def _shift(
    metrics: MetricSource, scope: Scope, series: MetricSeries, scaled: Judged, peers: Peers, share: float | None
) -> Finding | None:
    before, after = series.values.baseline, series.values.incident
    if after.size == 0 or before.size < (1 if peers.variation else MIN_BASELINE):
        return None
    effect = _effect(scaled, peers)
    if effect == 0.0:
        return None
    return Finding(effect, exceedance(before, after, effect), lambda: _told(metrics, scope, series, effect, share))


def _told(metrics: MetricSource, scope: Scope, series: MetricSeries, effect: float, share: float | None) -> Evidence:
    before, after, unit = series.values.baseline, series.values.incident, series.unit
    base, now = median(before), median(after)
    scale = max(spread_scale(before), RELATIVE_FLOOR * abs(base), 1e-9)
    onset = cusum_onset(series.times.incident, after, base, scale, effect)
    subject = subject_of(series)
    return Evidence(
        kind=EvidenceKind.METRIC_SHIFT,
        subject=subject,
        statement=f"{subject.label()} {change_words(base, now)} {base:.4g} to {now:.4g} {unit}".rstrip(),
        baseline=base,
        incident=now,
        unit=unit,
        effect=effect,
        share=share,
        onset=onset_of(onset),
        query=metrics.query("series", scope, subject),
        samples=(_plot(series),),
    )


def _effect(scaled: Judged, peers: Peers) -> float:
    """Return the effect, with the sign of the original series' move."""
    series = scaled.series
    effect, base, _ = shift_effect(series.values.baseline, series.values.incident, peers, scaled.least)
    return scaled.sign * recent_effect(series, base, effect) if effect else 0.0


def _plot(series: MetricSeries) -> Sample:
    times = np.concatenate([series.times.baseline, series.times.incident])
    values = np.concatenate([series.values.baseline, series.values.incident])
    order = np.argsort(times)[-PLOTTED:]
    return Sample(kind="series", ref="points", times=tuple(times[order].tolist()), values=tuple(values[order].tolist()))


METRICS = Analyser("metrics", ("metrics",), analyse_metrics)
