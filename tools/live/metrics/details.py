"""What a Prometheus-compatible backend knows about a few series beyond their levels."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from pydantic import BaseModel, ConfigDict, ValidationError

from tools.errors import SourceError
from tools.live.metrics import api
from tools.live.metrics.families import Family, Kind
from tools.live.metrics.promql import MARK, exactly, marked, quantile, quoted
from tools.live.metrics.rules import Rule, rules_that_read
from tools.live.source import HttpSource
from tools.sources.rows import Exemplar, MetricDetail, Two
from tools.window import NS, Scope, TimeWindow

SHARES = {"p50": 0.5, "p99": 0.99}
"""Quantiles that are asked for: of half of the observations, and of the slow ones that a mean hides."""
EXEMPLARS = 10
"""Exemplars kept of a series, those of the largest observations."""
RULES = 3
"""Rules told of a series."""
_TRACE_LABELS = ("trace_id", "traceID", "traceId", "TraceID")


class _Raw(BaseModel):
    """One exemplar; its time is Unix seconds, its value a text."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    labels: dict[str, str]
    value: float
    timestamp: float


@dataclass(frozen=True, slots=True)
class Asked:
    """One series that is looked into: its family, and its labels at the backend."""

    family: Family
    labels: Mapping[str, str]

    def selector(self, match: str) -> str:
        """Return a selector of everything that the series is computed from."""
        names = f"__name__=~{quoted('|'.join(self.family.parts))}"
        return "{" + ", ".join(part for part in (names, exactly(self.labels), match) if part) + "}"


def ask_details(
    source: HttpSource, match: str, scope: Scope, asked: Sequence[Asked], rules: Sequence[Rule]
) -> list[MetricDetail]:
    """Return quantiles, exemplars and rules of each series; what is not answered is left out and noted."""
    quantiles, exemplars = _quantiles(source, match, scope, asked), _exemplars(source, match, scope, asked)
    return [MetricDetail(quantiles[index], exemplars[index], _rules(rules, item)) for index, item in enumerate(asked)]


def _rules(rules: Sequence[Rule], item: Asked) -> tuple[str, ...]:
    return tuple(str(rule) for rule in rules_that_read(rules, item.family.parts, item.labels)[:RULES])


def _quantiles(source: HttpSource, match: str, scope: Scope, asked: Sequence[Asked]) -> list[dict[str, Two[float]]]:
    """Return quantiles of the histograms among the series: all in one query a window."""
    windows = (scope.baseline[-1:] or (scope.incident,))[0], scope.incident
    histograms = [index for index, item in enumerate(asked) if item.family.kind in {Kind.MEAN, Kind.NATIVE}]
    found: list[dict[str, Two[float]]] = [{} for _ in asked]
    if not histograms:
        return found
    sides: list[dict[str, float]] = []
    try:
        asks = [api.instant(_quantile_query(asked, histograms, match, w), w.end_ns / NS) for w in windows]
        for answer in source.ask_all(asks, "histogram"):
            results = api.results_of(answer) if answer else []
            source.count_rows(len(results))
            sides.append({result["metric"][MARK]: float(result["value"][1]) for result in results})
    except SourceError as error:
        source.note(f"{source.name} gave no quantiles of histograms ({error.problem})")
        return found
    for index, name in product(histograms, SHARES):
        both = Two(*(side.get(f"{index} {name}", math.nan) for side in sides))
        if math.isfinite(both.baseline) and math.isfinite(both.incident):
            found[index][name] = both
    return found


def _quantile_query(asked: Sequence[Asked], histograms: Sequence[int], match: str, window: TimeWindow) -> str:
    parts = []
    for index, (name, share) in product(histograms, SHARES.items()):
        matchers = ", ".join(part for part in (exactly(asked[index].labels), match) if part)
        parts.append((f"{index} {name}", quantile(share, asked[index].family, matchers, window.seconds)))
    return marked(parts)


def _exemplars(source: HttpSource, match: str, scope: Scope, asked: Sequence[Asked]) -> list[tuple[Exemplar, ...]]:
    """Return the largest observations of the incident that name a trace; gauges have none."""
    window = scope.incident
    counted = [index for index, item in enumerate(asked) if item.family.kind is not Kind.GAUGE]
    found: dict[int, tuple[Exemplar, ...]] = defaultdict(tuple)
    asks = [api.exemplars(asked[i].selector(match), window.start_ns / NS, window.end_ns / NS) for i in counted]
    try:
        for index, answer in zip(counted, source.ask_all(asks, "exemplar") if asks else [], strict=True):
            listed = [raw for series in api.list_of(answer) for raw in series.get("exemplars") or ()] if answer else []
            every = [seen for raw in listed if (seen := _exemplar(raw))]
            source.count_rows(len(every))
            found[index] = tuple(sorted(every, key=lambda seen: (-seen.value, -seen.time_ns))[:EXEMPLARS])
    except SourceError:  # not every backend keeps exemplars
        return [() for _ in asked]
    return [found[index] for index in range(len(asked))]


def _exemplar(raw: object) -> Exemplar | None:
    try:
        read = _Raw.model_validate(raw)
    except ValidationError:
        return None
    trace = next((read.labels[name] for name in _TRACE_LABELS if read.labels.get(name)), "")
    at = round(read.timestamp * 1000) * (NS // 1000)
    return Exemplar(at, read.value, trace) if trace and math.isfinite(read.value) else None
