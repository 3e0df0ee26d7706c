"""Topology: traffic at the entries, services that fell silent, total latency of who is affected."""

from __future__ import annotations

from tools.analysers.base import Analyser, Finding, bucket_onset, change_words, milliseconds, strongest
from tools.analysers.latency import MIN_SPANS, latency_effect, level_floor
from tools.config import SurveySettings
from tools.evidence import Evidence, EvidenceKind, Subject, onset_of
from tools.sources import Telemetry, TraceSource
from tools.sources.rows import Buckets, EntryStats, OperationStats
from tools.stats import effect_size, robust_scale
from tools.window import NS, Scope


def analyse_topology(telemetry: Telemetry, scope: Scope, settings: SurveySettings) -> list[Evidence]:
    """Return evidence on traffic, on affected operations, and on silent services."""
    traces = telemetry.traces
    if traces is None:
        return []
    entries = traces.entries(scope)
    traffic = [e for entry in entries if (e := _traffic(traces, scope, entry))]
    totals = [e for stats in traces.operations(scope) if (e := _total(traces, scope, stats))]
    return strongest(traffic, settings) + strongest(totals, settings)


def _traffic(traces: TraceSource, scope: Scope, entry: EntryStats) -> Finding | None:
    """Compare requests per second, in units of how much they vary between baseline buckets."""
    if entry.duration.baseline.n < MIN_SPANS:
        return None
    width = scope.bucket_ns / NS
    before = entry.duration.baseline.n / max(_covered(entry.buckets.baseline) * width, 1e-9)
    after = entry.duration.incident.n / scope.incident.seconds
    scale = max(robust_scale(entry.buckets.baseline.n / width), (before / width) ** 0.5)
    subject = Subject(kind="operation", service=entry.service, operation=entry.operation)
    evidence = Evidence(
        kind=EvidenceKind.TRAFFIC,
        subject=subject,
        statement=f"requests to {subject.label()} {change_words(before, after)} {before:.3g} to {after:.3g} per second",
        baseline=before,
        incident=after,
        unit="1/s",
        effect=effect_size(after, before, scale, 0.2 * before),
        query=traces.query("entries", scope, subject),
    )
    return Finding(evidence, evidence.effect)


def _covered(buckets: Buckets) -> int:
    return max(int(buckets.times.size), 1)


def _total(traces: TraceSource, scope: Scope, stats: OperationStats) -> Finding | None:
    if min(stats.total.baseline.n, stats.total.incident.n) < MIN_SPANS:
        return None
    effect, certainty = latency_effect(stats.total, stats.total_buckets, scope)
    base, now = stats.total.baseline, stats.total.incident
    subject = Subject(kind="operation", service=stats.service, operation=stats.operation)
    evidence = Evidence(
        kind=EvidenceKind.LATENCY_TOTAL,
        subject=subject,
        statement=(
            f"{subject.label()} {change_words(base.p50, now.p50)} {milliseconds(base.p50)} to "
            f"{milliseconds(now.p50)} in all (median), {milliseconds(base.p90)} to {milliseconds(now.p90)} (p90)"
        ),
        baseline=base.p50 / 1e6,
        incident=now.p50 / 1e6,
        unit="ms",
        effect=effect,
        onset=onset_of(bucket_onset(stats.total_buckets, base.p50, level_floor(base.p50), effect)),
        query=traces.query("operations", scope, subject),
    )
    return Finding(evidence, certainty)


TOPOLOGY = Analyser("topology", ("traces",), analyse_topology)
