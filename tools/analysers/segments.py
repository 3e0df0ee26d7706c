"""Segments: which attribute value (tenant, product, version, instance, region, flag) concentrates the fault.

An operation that fails or is slow for one value only points at what is special about that value.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from tools.analysers.base import Analyser, Finding, percent, strongest
from tools.analysers.quantile_shift import MIN_SPANS
from tools.config import SurveySettings
from tools.evidence import Evidence, EvidenceKind, Subject
from tools.names import named
from tools.sources import Telemetry, TraceSource
from tools.sources.rows import OperationStats, SegmentStats, Two
from tools.window import Scope

OPERATIONS = 4
"""Operations looked at, those with most newly failed or slow spans first: each costs one query."""
MAX_VALUES = 100
"""An attribute with more values is an identifier, not a segment."""


def analyse_segments(telemetry: Telemetry, scope: Scope, settings: SurveySettings) -> list[Evidence]:
    """Return evidence on attribute values that concentrate failed or slow spans."""
    traces = telemetry.traces
    if traces is None:
        return []
    worst = sorted(traces.operations(scope), key=newly_bad, reverse=True)[:OPERATIONS]
    found = [
        finding for stats in worst if newly_bad(stats) >= MIN_SPANS for finding in _operation(traces, scope, stats)
    ]
    return strongest(found, settings)


def newly_bad(stats: OperationStats) -> float:
    """Return about how many spans failed or were slow beyond what the baseline predicts."""
    base, now = stats.total.baseline, stats.total.incident
    if base.n < MIN_SPANS or now.n < MIN_SPANS:
        return 0.0
    slow = now.above_p90 - 0.1 * now.n
    failed = stats.errors.incident - stats.errors.baseline * now.n / base.n
    return max(slow, failed)


def _operation(traces: TraceSource, scope: Scope, stats: OperationStats) -> list[Finding]:
    by_key: dict[str, list[SegmentStats]] = defaultdict(list)
    for segment in traces.segments(scope, stats.service, stats.operation, stats.total.baseline.p90):
        by_key[segment.key].append(segment)
    return [
        finding
        for values in by_key.values()
        if 2 <= len(values) <= MAX_VALUES
        for finding in _concentrated(traces, scope, stats, values)
    ]


def _concentrated(
    traces: TraceSource, scope: Scope, stats: OperationStats, values: list[SegmentStats]
) -> Iterable[Finding]:
    """Yield the one value of an attribute that concentrates the fault most."""
    n = Two(sum(v.n.baseline for v in values), sum(v.n.incident for v in values))
    bad = Two(sum(v.bad.baseline for v in values), sum(v.bad.incident for v in values))
    scored = [(contrast(v, n, bad), v) for v in values if v.n.incident >= MIN_SPANS]
    if not scored:
        return
    effect, value = max(scored, key=lambda pair: pair[0])
    if effect <= 0:
        return
    rest, rest_bad = n.incident - value.n.incident, bad.incident - value.bad.incident
    subject = Subject(
        kind="segment", service=stats.service, operation=stats.operation, name=f"{value.key}={value.value}"
    )
    share = value.bad.incident / value.n.incident
    elsewhere = rest_bad / rest if rest else 0.0

    def tell() -> Evidence:
        return Evidence(
            kind=EvidenceKind.SEGMENT,
            subject=subject,
            statement=(
                f"{percent(share)} of {named(stats.service)} {named(stats.operation)} spans with "
                f"{named(value.key)}={named(value.value)} fail or are "
                f"slow, {percent(elsewhere)} of the others ({value.bad.incident} of {value.n.incident} against "
                f"{rest_bad} of {rest})"
            ),
            baseline=float(value.bad.baseline),
            incident=float(value.bad.incident),
            unit="spans",
            effect=effect,
            query=traces.query("segments", scope, subject),
        )

    yield Finding(effect, effect, tell)


def contrast(value: SegmentStats, n: Two[int], bad: Two[int]) -> float:
    """Return the z statistic of how much more a value's bad share rose than that of all other values.

    A difference of differences of proportions, one pseudo-count each: a value that is always slow
    does not stand out, one that became slow alone does.
    """
    rises, variance = [], 0.0
    for hits, trials in (
        (value.bad, value.n),
        (
            Two(bad.baseline - value.bad.baseline, bad.incident - value.bad.incident),
            Two(n.baseline - value.n.baseline, n.incident - value.n.incident),
        ),
    ):
        before = (hits.baseline + 1) / (trials.baseline + 2)
        after = (hits.incident + 1) / (trials.incident + 2)
        rises.append(after - before)
        variance += before * (1 - before) / (trials.baseline + 2) + after * (1 - after) / (trials.incident + 2)
    return float((rises[0] - rises[1]) / variance**0.5)


SEGMENTS = Analyser("segments", ("traces",), analyse_segments)
