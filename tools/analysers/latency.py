"""Latency: self-time per operation and time between services, baseline against incident.

A slow service is slow in its own spans; a slow network is slow between a client span and the server
span below it. Keeping the two apart is what tells a slow component from a slow path to it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tools.analysers.base import Analyser, bucket_onset, change_words, milliseconds, strongest
from tools.config import SurveySettings
from tools.evidence import Evidence, EvidenceKind, Sample, Subject, onset_of
from tools.sources import Telemetry, TraceSource
from tools.sources.rows import Buckets, EdgeStats, OperationStats, Spread, Two
from tools.stats import effect_size, robust_scale
from tools.window import Scope

RELATIVE_FLOOR = 0.05
"""A change below 5 % of the baseline is within what schedulers, caches and mixes of requests do."""
ABSOLUTE_FLOOR_NS = 100_000.0
"""0.1 ms: the resolution at which spans of different processes can be compared."""
IQR_TO_SIGMA, MEDIAN_ERROR = 1.349, 1.2533
"""Interquartile range of a unit normal, and the standard error of a median relative to a mean's."""
MIN_SPANS = 5
"""Below five spans a median is an anecdote."""


def level_floor(level: float) -> float:
    """Return the smallest scale to believe in for a latency level, ns."""
    return max(RELATIVE_FLOOR * level, ABSOLUTE_FLOOR_NS)


def latency_effect(spread: Two[Spread], buckets: Two[Buckets]) -> float:
    """Return the stronger of the effects on the median and on the 90th percentile.

    Each compares the incident's level with the baseline's, in units of how much the same quantile
    varies between time buckets of the baseline (at least the floor), shrunk by the quantile's own
    uncertainty when the incident has few spans.
    """
    effects = [
        _quantile_effect(spread.baseline.p50, spread.incident.p50, buckets.baseline.p50, spread),
        _quantile_effect(spread.baseline.p90, spread.incident.p90, buckets.baseline.p90, spread),
    ]
    return max(effects, key=abs)


def _quantile_effect(baseline: float, incident: float, series: NDArray[np.float64], spread: Two[Spread]) -> float:
    between = robust_scale(series)
    within = (spread.baseline.p75 - spread.baseline.p25) / IQR_TO_SIGMA * MEDIAN_ERROR / spread.incident.n**0.5
    return effect_size(incident, baseline, (between**2 + within**2) ** 0.5, level_floor(baseline))


def analyse_latency(telemetry: Telemetry, scope: Scope, settings: SurveySettings) -> list[Evidence]:
    """Return evidence on self-time and edge time, strongest first."""
    traces = telemetry.traces
    if traces is None:
        return []
    operations = [e for o in traces.operations(scope) if (e := _operation(traces, scope, o))]
    edges = [e for o in traces.edges(scope) if (e := _edge(traces, scope, o))]
    return strongest(operations, settings) + strongest(edges, settings)


def _enough(spread: Two[Spread]) -> bool:
    return spread.baseline.n >= MIN_SPANS and spread.incident.n >= MIN_SPANS


def _operation(traces: TraceSource, scope: Scope, stats: OperationStats) -> Evidence | None:
    if not _enough(stats.own):
        return None
    effect = latency_effect(stats.own, stats.buckets)
    base, now = stats.own.baseline, stats.own.incident
    subject = Subject(kind="operation", service=stats.service, operation=stats.operation)
    onset = bucket_onset(stats.buckets, base.p50, level_floor(base.p50), effect)
    return Evidence(
        kind=EvidenceKind.LATENCY_SELF,
        subject=subject,
        statement=(
            f"self-time of {stats.service} {stats.operation} {change_words(base.p50, now.p50)} "
            f"{milliseconds(base.p50)} to {milliseconds(now.p50)} (median), "
            f"{milliseconds(base.p90)} to {milliseconds(now.p90)} (p90)"
        ),
        baseline=base.p50 / 1e6,
        incident=now.p50 / 1e6,
        unit="ms",
        effect=effect,
        onset=onset_of(onset),
        query=traces.query("operations", scope, subject),
        samples=(bucket_sample(stats.buckets),),
    )


def _edge(traces: TraceSource, scope: Scope, stats: EdgeStats) -> Evidence | None:
    if not _enough(stats.gap):
        return None
    effect = latency_effect(stats.gap, stats.buckets)
    base, now = stats.gap.baseline, stats.gap.incident
    subject = Subject(kind="edge", service=stats.service, peer=stats.peer, operation=stats.operation)
    onset = bucket_onset(stats.buckets, base.p50, level_floor(base.p50), effect)
    what = "calls to" if stats.leaf else "time on the way to"
    return Evidence(
        kind=EvidenceKind.LATENCY_EDGE,
        subject=subject,
        statement=(
            f"{what} {stats.peer} from {stats.service} ({stats.operation}) {change_words(base.p50, now.p50)} "
            f"{milliseconds(base.p50)} to {milliseconds(now.p50)} (median), "
            f"{milliseconds(base.p90)} to {milliseconds(now.p90)} (p90)"
        ),
        baseline=base.p50 / 1e6,
        incident=now.p50 / 1e6,
        unit="ms",
        effect=effect,
        onset=onset_of(onset),
        query=traces.query("edges", scope, subject),
        samples=(bucket_sample(stats.buckets),),
    )


def bucket_sample(buckets: Two[Buckets]) -> Sample:
    """Return the medians of both windows as one series in ms, for a plot."""
    times = [*buckets.baseline.times.tolist(), *buckets.incident.times.tolist()]
    values = [*buckets.baseline.p50.tolist(), *buckets.incident.p50.tolist()]
    return Sample(kind="series", ref="median per bucket", times=tuple(times), values=tuple(v / 1e6 for v in values))


LATENCY = Analyser("latency", ("traces",), analyse_latency)
