"""What an analyser is, and what every analyser needs."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from tools.config import SurveySettings
from tools.evidence import Evidence, Sample, Subject, onset_of
from tools.sources import Telemetry, TraceSource
from tools.sources.protocols import FAILED, Order
from tools.sources.rows import SpanRow, Trials
from tools.stats import (
    CalmRate,
    Departure,
    benjamini_hochberg,
    calm_rate,
    inflation,
    stretch_ids,
    two_proportion_effect,
    two_sided_p,
)
from tools.window import Scope, TimeWindow


@dataclass(frozen=True, slots=True)
class Analyser:
    """A named function from telemetry to evidence; `signals` are those it cannot do without."""

    name: str
    signals: tuple[str, ...]
    run: Callable[[Telemetry, Scope, SurveySettings], list[Evidence]]


@dataclass(frozen=True, slots=True)
class Finding:
    """How large a change is, and how sure it is that anything changed at all: a standard normal under no change.

    A large change of few observations may be chance, and a certain one may be too small to matter. Most of what is
    looked at is neither, so evidence is put into words only when it is kept.
    """

    effect: float
    certainty: float
    tell: Callable[[], Evidence]


def deflated(found: list[Finding]) -> list[Finding]:
    """Return findings whose effect is a test statistic, divided by the inflation of all of them."""
    by = inflation(np.array([item.certainty for item in found], dtype=np.float64))
    if by == 1.0:
        return found
    return [replace(item, effect=item.effect / by, certainty=item.certainty / by) for item in found]


def strongest(found: list[Finding], settings: SurveySettings) -> list[Evidence]:
    """Keep findings above the certainty of the settings, largest first, at most the configured number.

    Those that do not survive the false discovery rate are marked `uncertain`: among many looks some
    deviate by chance, yet the first of many weak signs is often the cause of the strong ones.
    """
    p_values = np.array([two_sided_p(item.certainty) for item in found])
    sure = benjamini_hochberg(p_values, settings.false_discovery_rate)
    kept = [
        item.tell().model_copy(update={"effect": item.effect, "certainty": item.certainty, "uncertain": not certain})
        for item, certain in zip(found, sure, strict=True)
        if abs(item.certainty) >= settings.min_certainty and abs(item.effect) >= 1.0
    ]
    return sorted(kept, key=lambda item: (item.uncertain, -abs(item.effect)))[: settings.per_analyser]


def tails(trials: Trials) -> Iterator[Trials]:
    """Yield what is left of a series from each of its buckets on, the whole series first."""
    yield from (
        Trials(trials.times[start:], trials.n[start:], trials.hits[start:]) for start in range(trials.times.size)
    )


def calm_of(baseline: Trials, scope: Scope) -> CalmRate:
    """Return the rate in the calm part of a baseline, whose stretches are as long as the incident."""
    ids = stretch_ids(baseline.times, scope.bucket_ns, scope.incident.end_ns - scope.incident.start_ns)
    return calm_rate(ids, baseline.hits, baseline.n)


def beyond_calm(part: Trials, calm: CalmRate) -> float:
    """Return the signed effect of a proportion against the calm rate, in standard errors that vary as that one does."""
    return two_proportion_effect(part.taken, part.total, calm.hits, calm.trials) / math.sqrt(calm.dispersion)


def since(scope: Scope, trials: Trials, found: Departure) -> Scope:
    """Return the windows with the incident cut to where a departure begins."""
    if found.start == 0:
        return scope
    start = max(int(trials.times[found.start]), scope.incident.start_ns)
    return scope.model_copy(update={"incident": TimeWindow(start_ns=start, end_ns=scope.incident.end_ns)})


def change_words(baseline: float, incident: float) -> str:
    """Return `rose from` or `fell from`."""
    return "rose from" if incident > baseline else "fell from"


def milliseconds(ns: float) -> str:
    """Return a duration with three significant digits, in ms or s."""
    return f"{ns / 1e9:.3g} s" if abs(ns) >= 1e9 else f"{ns / 1e6:.3g} ms"


def percent(fraction: float) -> str:
    """Return a fraction as a percentage with three significant digits."""
    return f"{fraction * 100:.3g} %"


def trace_samples(
    traces: TraceSource, window: TimeWindow, subject: Subject, order: Order, limit: int = 3
) -> tuple[Sample, ...]:
    """Return a few spans of an operation as samples, to open with `whydown show`; of failed ones only such."""
    rows = traces.examples(window, subject.service, subject.operation, order, limit)
    if order in FAILED:
        rows = [row for row in rows if row.status.upper().endswith("ERROR")]
    return tuple(Sample(kind="trace", ref=row.trace_id, text=_span_text(row), times=(row.start_ns,)) for row in rows)


def _span_text(row: SpanRow) -> str:
    reason = f": {row.status_message}" if row.status_message else ""
    return f"{row.service} {row.operation} took {milliseconds(row.duration_ns)}, {row.status or 'UNSET'}{reason}"


def first_moment(samples: tuple[Sample, ...]) -> dt.datetime | None:
    """Return the earliest time among samples, UTC; None when there is none."""
    times = [moment for sample in samples for moment in sample.times]
    return onset_of(min(times)) if times else None
