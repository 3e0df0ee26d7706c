"""What a backend knows about the strongest metric findings beyond their levels: tails, slow traces, rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tools.evidence import Evidence, Sample, facts_of
from tools.sources import DetailedMetrics, MetricSource
from tools.sources.rows import Exemplar, MetricDetail, MetricSeries
from tools.window import Scope

LOOKED_INTO = 8
"""Findings that are looked into, those most sure and strongest; each costs a backend a query or two."""
TRACES = 3
"""Traces kept of each."""


def with_details(
    metrics: MetricSource, scope: Scope, found: Sequence[Evidence], series: Sequence[MetricSeries]
) -> list[Evidence]:
    """Return findings, the first of them with what the backend knows besides.

    Args:
        metrics: where the series are from; one that knows no more changes nothing.
        scope: the windows.
        found: findings, strongest first.
        series: the series behind each of the first findings, in the same order.
    """
    asked = list(series[:LOOKED_INTO])
    if not asked or not isinstance(metrics, DetailedMetrics):
        return list(found)
    details = metrics.details(scope, asked)
    return [*map(_detailed, found, details), *found[len(details) :]]


def _detailed(item: Evidence, detail: MetricDetail) -> Evidence:
    unit, tails = item.unit, detail.quantiles
    told = ", ".join(f"{name} {two.baseline:.4g} to {two.incident:.4g} {unit}".rstrip() for name, two in tails.items())
    facts = [
        fact.model_copy(update={"statistic": name, "baseline": two.baseline, "incident": two.incident})
        for fact in facts_of(item)[:1]
        for name, two in tails.items()
    ]
    samples = [
        *(_trace(item, exemplar) for exemplar in detail.exemplars[:TRACES]),
        *(Sample(kind="text", text=rule) for rule in detail.rules),
    ]
    return item.model_copy(
        update={
            "statement": f"{item.statement}; {told}" if told else item.statement,
            "facts": (*facts_of(item), *facts) if facts else item.facts,
            "samples": (*item.samples, *samples),
        }
    )


def _trace(item: Evidence, exemplar: Exemplar) -> Sample:
    unit = "" if item.unit.endswith("/s") else item.unit  # what a counter adds is no rate
    seen = f"{exemplar.value:.4g} {unit}".rstrip()
    return Sample(kind="trace", ref=exemplar.trace_id, text=f"observed {seen}", times=(exemplar.time_ns,))


def details_by_series(metrics: MetricSource, scope: Scope, rows: Sequence[MetricSeries]) -> Mapping[int, MetricDetail]:
    """Return what is known about each of a few series by its position; nothing for more than `LOOKED_INTO`."""
    if not 0 < len(rows) <= LOOKED_INTO or not isinstance(metrics, DetailedMetrics):
        return {}
    return dict(enumerate(metrics.details(scope, rows)))
