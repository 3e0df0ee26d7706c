"""Topology: traffic at the entries, and the total latency of who is affected."""

from __future__ import annotations

from functools import partial

from tools.analysers.base import Analyser, Finding, change_words, strongest
from tools.analysers.latency import shift_evidence
from tools.analysers.quantile_shift import MIN_SPANS, enough, quantile_shift
from tools.config import SurveySettings
from tools.evidence import Evidence, EvidenceKind, Subject
from tools.sources import Telemetry, TraceSource
from tools.sources.rows import Buckets, EntryStats, OperationStats
from tools.stats import effect_size, robust_scale
from tools.window import NS, Scope


def analyse_topology(telemetry: Telemetry, scope: Scope, settings: SurveySettings) -> list[Evidence]:
    """Return evidence on traffic and on affected operations."""
    traces = telemetry.traces
    if traces is None:
        return []
    entries = traces.entries(scope)
    traffic = [e for entry in entries if (e := _traffic(traces, scope, entry))]
    totals = [_total(traces, scope, stats) for stats in traces.operations(scope) if enough(stats.total)]
    return strongest(traffic, settings) + strongest(totals, settings)


def _traffic(traces: TraceSource, scope: Scope, entry: EntryStats) -> Finding | None:
    """Compare requests per second, in units of how much they vary between baseline buckets."""
    if entry.duration.baseline.n < MIN_SPANS:
        return None
    width = scope.bucket_ns / NS
    before = entry.duration.baseline.n / max(_covered(entry.buckets.baseline) * width, 1e-9)
    after = entry.duration.incident.n / scope.incident.seconds
    scale = max(robust_scale(entry.buckets.baseline.n / width), (before / width) ** 0.5)
    effect = effect_size(after, before, scale, 0.2 * before)
    subject = Subject(kind="operation", service=entry.service, operation=entry.operation)

    def tell() -> Evidence:
        return Evidence(
            kind=EvidenceKind.TRAFFIC,
            subject=subject,
            statement=(
                f"requests to {subject.label()} {change_words(before, after)} {before:.3g} to {after:.3g} per second"
            ),
            baseline=before,
            incident=after,
            unit="1/s",
            effect=effect,
            query=traces.query("entries", scope, subject),
        )

    return Finding(effect, effect, tell)


def _covered(buckets: Buckets) -> int:
    return max(int(buckets.times.size), 1)


def _total(traces: TraceSource, scope: Scope, stats: OperationStats) -> Finding:
    subject = Subject(kind="operation", service=stats.service, operation=stats.operation)
    shift = quantile_shift(stats.total, stats.total_buckets, scope)
    query = partial(traces.query, "operations", scope, subject)
    return shift_evidence(EvidenceKind.LATENCY_TOTAL, subject, f"duration of {subject.label()}", shift, query)


TOPOLOGY = Analyser("topology", ("traces",), analyse_topology)
