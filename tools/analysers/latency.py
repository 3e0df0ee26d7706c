"""Latency: self-time per operation and time between services, baseline against incident.

A slow service is slow in its own spans; a slow network is slow between a client span and the server
span below it. Keeping the two apart is what tells a slow component from a slow path to it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tools.analysers.base import Analyser, Finding, bucket_onset, change_words, milliseconds, strongest
from tools.config import SurveySettings
from tools.evidence import Evidence, EvidenceKind, Sample, Subject, onset_of
from tools.sources import Telemetry, TraceSource
from tools.sources.rows import Buckets, EdgeStats, OperationStats, Spread, Two
from tools.stats import effect_size, robust_scale, spread_scale, stretch_ids, weighted_levels
from tools.window import Scope

RELATIVE_FLOOR = 0.05
"""A change below 5 % of the baseline is within what schedulers, caches and mixes of requests do."""
ABSOLUTE_FLOOR_NS = 100_000.0
"""0.1 ms: the resolution at which spans of different processes can be compared."""
MIN_STRETCHES = 3
"""With fewer stretches the baseline's own variation is unknown."""
MIN_EDGES = 5
"""Fewer edges do not tell how long edges usually take."""
MIN_SPANS = 3
"""Below three spans a median is an anecdote."""


def level_floor(level: float) -> float:
    """Return the smallest scale to believe in for a latency level, ns."""
    return max(RELATIVE_FLOOR * level, ABSOLUTE_FLOOR_NS)


def latency_effect(
    spread: Two[Spread], buckets: Two[Buckets], scope: Scope, pooled: float = 0.0
) -> tuple[float, float]:
    """Return effect and certainty of the quantile, median or 90th percentile, that changed more.

    Effect: incident's level against the baseline's, in units of how much the quantile varies between
    stretches of the baseline, joined with its sampling error sqrt(q (1 - q) / n) / density, the density
    taken from neighbouring quantiles. Where the baseline is too short to vary, `pooled`, the relative
    variation that all operations showed, stands in. Certainty: how far the share of incident values above the
    baseline's quantile is from the expected one, in standard errors (sign test, distribution-free).
    """
    base, now, series = spread.baseline, spread.incident, buckets.baseline
    ids = stretch_ids(series.times, scope.bucket_ns, scope.incident.end_ns - scope.incident.start_ns)
    few = (1 / now.n + 1 / base.n) ** 0.5
    sampling50, sampling90 = (base.p75 - base.p25) * few, 1.25 * (base.p99 - base.p75) * few
    candidates = (
        (
            _effect(base.p50, now.p50, weighted_levels(ids, series.p50, series.n), sampling50, pooled),
            _sign(spread, 0.5),
        ),
        (
            _effect(base.p90, now.p90, weighted_levels(ids, series.p90, series.n), sampling90, pooled),
            _sign(spread, 0.1),
        ),
    )
    agreeing = [pair for pair in candidates if pair[0] * pair[1] > 0]
    return max(agreeing, key=lambda pair: min(abs(pair[0]), abs(pair[1])), default=(0.0, 0.0))


def _effect(baseline: float, incident: float, levels: NDArray[np.float64], sampling: float, pooled: float) -> float:
    between = spread_scale(levels) if levels.size >= MIN_STRETCHES else pooled * baseline
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


def analyse_latency(telemetry: Telemetry, scope: Scope, settings: SurveySettings) -> list[Evidence]:
    """Return evidence on self-time and edge time, strongest first."""
    traces = telemetry.traces
    if traces is None:
        return []
    own, wire = traces.operations(scope), traces.edges(scope)
    whole = (sum(abs(o.excess) for o in own) + sum(abs(e.excess) for e in wire)) or 1.0
    pooled = pooled_variation([o.own for o in own]), pooled_variation([e.gap for e in wire])
    operations = [e for o in own if (e := _operation(traces, scope, o, whole, pooled[0]))]
    edges = [e for o in wire if (e := _edge(traces, scope, o, whole, pooled[1]))]
    edges += [e for o in wire if (e := _unlike_any(traces, scope, o, wire, whole))]
    return strongest(operations, settings) + strongest(edges, settings)


def pooled_variation(spreads: list[Two[Spread]]) -> float:
    """Return the robust scale of the log ratios incident over baseline of all medians.

    Most operations are healthy even in an incident, so their changes show what no fault does.
    """
    usable = [s for s in spreads if _enough(s) and s.baseline.p50 > 0 and s.incident.p50 > 0]
    return robust_scale(np.log([s.incident.p50 / s.baseline.p50 for s in usable])) if usable else 0.0


def _enough(spread: Two[Spread]) -> bool:
    return spread.baseline.n >= MIN_SPANS and spread.incident.n >= MIN_SPANS


def _operation(traces: TraceSource, scope: Scope, stats: OperationStats, whole: float, pooled: float) -> Finding | None:
    if not _enough(stats.own):
        return None
    effect, certainty = latency_effect(stats.own, stats.buckets, scope, pooled)
    base, now = stats.own.baseline, stats.own.incident
    subject = Subject(kind="operation", service=stats.service, operation=stats.operation)
    onset = bucket_onset(stats.buckets, base.p50, level_floor(base.p50), effect)
    evidence = Evidence(
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
        share=stats.excess / whole,
        onset=onset_of(onset),
        query=traces.query("operations", scope, subject),
        samples=(bucket_sample(stats.buckets),),
    )
    return Finding(evidence, certainty)


def _edge(traces: TraceSource, scope: Scope, stats: EdgeStats, whole: float, pooled: float) -> Finding | None:
    if not _enough(stats.gap):
        return None
    effect, certainty = latency_effect(stats.gap, stats.buckets, scope, pooled)
    base, now = stats.gap.baseline, stats.gap.incident
    subject = Subject(kind="edge", service=stats.service, peer=stats.peer, operation=stats.operation)
    onset = bucket_onset(stats.buckets, base.p50, level_floor(base.p50), effect)
    what = "calls to" if stats.leaf else "time on the way to"
    evidence = Evidence(
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
        share=stats.excess / whole,
        onset=onset_of(onset),
        query=traces.query("edges", scope, subject),
        samples=(bucket_sample(stats.buckets),),
    )
    return Finding(evidence, certainty)


def _unlike_any(
    traces: TraceSource, scope: Scope, stats: EdgeStats, wire: list[EdgeStats], whole: float
) -> Finding | None:
    """Judge an edge that the baseline hardly has by the time that all other edges take.

    Time between services is alike within one system, so an edge far above all others is slow even
    when nobody saw it before.
    """
    if stats.leaf or stats.gap.baseline.n >= MIN_SPANS or stats.gap.incident.n < MIN_SPANS:
        return None
    usual = np.array([e.gap.baseline.p50 for e in wire if not e.leaf and e.gap.baseline.n >= MIN_SPANS], np.float64)
    if usual.size < MIN_EDGES:
        return None
    logs = np.log(np.maximum(usual, ABSOLUTE_FLOOR_NS))
    level, now = float(np.exp(np.median(logs))), stats.gap.incident.p50
    effect = effect_size(float(np.log(max(now, ABSOLUTE_FLOOR_NS))), float(np.log(level)), spread_scale(logs), 0.2)
    subject = Subject(kind="edge", service=stats.service, peer=stats.peer, operation=stats.operation)
    evidence = Evidence(
        kind=EvidenceKind.LATENCY_EDGE,
        subject=subject,
        statement=(
            f"time on the way to {stats.peer} from {stats.service} ({stats.operation}) is {milliseconds(now)} "
            f"(median), {milliseconds(level)} on the other edges; the baseline hardly has this call"
        ),
        baseline=level / 1e6,
        incident=now / 1e6,
        unit="ms",
        effect=effect,
        share=stats.excess / whole,
        query=traces.query("edges", scope, subject),
        samples=(bucket_sample(stats.buckets),),
    )
    return Finding(evidence, effect)


def bucket_sample(buckets: Two[Buckets]) -> Sample:
    """Return the medians of both windows as one series in ms, for a plot."""
    times = [*buckets.baseline.times.tolist(), *buckets.incident.times.tolist()]
    values = [*buckets.baseline.p50.tolist(), *buckets.incident.p50.tolist()]
    return Sample(kind="series", ref="median per bucket", times=tuple(times), values=tuple(v / 1e6 for v in values))


LATENCY = Analyser("latency", ("traces",), analyse_latency)
