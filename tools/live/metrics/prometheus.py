"""Metrics from Prometheus and what speaks its query API: VictoriaMetrics, Mimir, Thanos, Cortex.

Rates, means and averages per step are computed by the backend, so what is fetched grows with services
and instances, never with traffic.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from threading import Lock
from typing import Annotated, ClassVar

import httpx
from pydantic import AfterValidator, Field

from tools.errors import InputError, SourceError
from tools.live.http.failures import one_line
from tools.live.metrics import api
from tools.live.metrics.collect import Collector
from tools.live.metrics.conventions import PEER_LABELS, POD_LABELS, SERVICE_LABELS, Conventions
from tools.live.metrics.details import Asked, ask_details
from tools.live.metrics.families import Family
from tools.live.metrics.inventory import Inventory
from tools.live.metrics.met import condition_ask, met_since
from tools.live.metrics.plan import RangeQuery, levels_of_size, range_queries
from tools.live.metrics.promql import LATE, Level, check_matchers
from tools.live.metrics.rules import Rule, read_rules
from tools.live.opening import Opening, Options
from tools.live.source import HttpSource
from tools.sources.rows import Key, MetricDetail, MetricSeries, key_of
from tools.window import NS, Scope

USUAL_INTERVAL = 30
"""Seconds between scrapes of what shows no interval."""


class PrometheusOptions(Options):
    """Settings of Prometheus-compatible sources."""

    match: Annotated[str, AfterValidator(check_matchers)] = Field(
        default="", description='matchers that bound what is read, such as namespace="shop"'
    )
    ignore: str = Field(default="", description="regular expression of metric names that are left out")
    max_series: int = Field(
        default=500, ge=1, description="series of one metric above which they are summed up per instance"
    )
    service_labels: tuple[str, ...] = Field(default=(), description="labels that name the service, before the usual")
    pod_labels: tuple[str, ...] = Field(default=(), description="labels that name the instance, before the usual")
    peer_labels: tuple[str, ...] = Field(default=(), description="labels that name a callee, before the usual")


class PrometheusMetrics(HttpSource):
    """MetricSource of a Prometheus-compatible backend."""

    posts: ClassVar = api.POSTS

    def __init__(self, opening: Opening, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._options = opening.options(PrometheusOptions)
        super().__init__(opening, transport)
        own = self._options
        self._conventions = Conventions(
            (*own.service_labels, *SERVICE_LABELS), (*own.pod_labels, *POD_LABELS), (*own.peer_labels, *PEER_LABELS)
        )
        self._inventory = Inventory(self, own.match, own.ignore, opening.settings.kind != "victoriametrics")
        self._lock = Lock()
        self._asked: dict[Key, Asked] = {}
        self._known: tuple[Scope, list[MetricSeries]] | None = None

    def find_services(self) -> set[str]:
        """Return the services that have series at the end of the horizon or half way through it."""
        horizon = self._opening.horizon
        by = ", ".join(self._conventions.service_labels())
        query = f"count by ({by}) ({self._inventory.everything})"
        moments = (horizon.end_ns, (horizon.start_ns + horizon.end_ns) // 2)
        found: set[str] = set()
        for answer in self.ask_all([api.instant(query, moment / NS) for moment in moments], "metric"):
            for result in api.results_of(answer) if answer else []:
                self._reader.count_rows(1)
                found.add(self.renamed(self._conventions.service_of("", result["metric"])))
        return found - {""}

    def series(self, scope: Scope) -> list[MetricSeries]:
        """Return the level of every series per step, in both windows; asked once a scope.

        Raises:
            SourceError: the backend does not answer.
        """
        with self._lock:
            if self._known is None or self._known[0] != scope:
                with self.understood():
                    self._known = (scope, self._fetch(scope))
            return self._known[1]

    def details(self, scope: Scope, series: Sequence[MetricSeries]) -> list[MetricDetail]:
        """Return quantiles, exemplars and rules of a few series; nothing of one that is not of this backend."""
        self.series(scope)
        known = [self._asked.get(key_of(row)) for row in series]
        asked = [item for item in known if item]
        try:
            with self.understood():
                found = iter(ask_details(self, self._options.match, scope, asked, self._known_rules()))
        except SourceError as error:  # levels without details are worth a report
            self.note(f"no details of metrics: {error.problem}")
            return [MetricDetail() for _ in known]
        return [next(found) if item else MetricDetail() for item in known]

    def rules(self) -> list[Rule]:
        """Return all rules that the backend evaluates; asked once.

        Raises:
            SourceError: it does not answer.
        """
        return self.once.get("rules", lambda: read_rules(self._reader.ask(api.RULES)))

    def met_since(self, rule: Rule, labels: Mapping[str, str], at_ns: int) -> int | None:
        """Return since when a rule's condition is met for some labels, until a moment.

        Raises:
            SourceError: the backend does not answer.
        """
        with self.understood():
            return met_since(api.results_of(self._reader.ask(condition_ask(rule, at_ns))), labels, at_ns)

    def hint(self) -> str:
        """Return which labels there are, where none of them names a service."""
        horizon = self._opening.horizon
        ask = api.labels(self._inventory.everything, horizon.start_ns / NS, horizon.end_ns / NS)
        return self.labels_hint(ask, "data", "service_labels")

    def remarks(self) -> list[str]:
        """Return what rules there are, and which of them fail."""
        rules = self._known_rules()
        alerts = sum(1 for rule in rules if not rule.records)
        count = [f"{alerts} alerting and {len(rules) - alerts} recording rules"] if rules else []
        return count + [f"its rule {rule.name} fails: {one_line(rule.problem, 120)}" for rule in rules if rule.problem]

    def sql(self, method: str, scope: Scope) -> str:
        """Return the PromQL behind the series.

        Raises:
            InputError: another method was asked for.
        """
        if method != "series":
            raise InputError(f"no PromQL makes the table {method}", "known: series")
        return "\n\n".join(
            f"# start={query.start:.3f} end={query.end:.3f} step={query.step}s\n{query.text}"
            for query in self._plan(scope)[0]
        )

    def _fetch(self, scope: Scope) -> list[MetricSeries]:
        queries, found = self._plan(scope)
        kinds = {family.name: family for family in found}
        collector = Collector(self._conventions, self.renamed, {family.name: family.unit for family in found})
        asks = [api.over(query.text, query.start, query.end, query.step) for query in queries]
        for query, answer in zip(queries, self.ask_all(asks, "metric") if asks else [], strict=True):
            if answer is not None:
                self._reader.count_rows(collector.add(api.results_of(answer), incident=query.incident))
                for warning in api.warnings_of(answer):
                    self.note(f"{self.name} warns: {warning[:200]}")
        labels = collector.labels()
        self._asked = {key: Asked(kinds[key[3]], own) for key, own in labels.items() if key[3] in kinds}
        return collector.series()

    def _plan(self, scope: Scope) -> tuple[list[RangeQuery], list[Family]]:
        found = self._inventory.families(scope)
        intervals = self._inventory.intervals(found, scope)
        late = 0.0 if self._opening.settings.kind == "victoriametrics" else LATE
        sized = [(Level(f, intervals.get(f.name, USUAL_INTERVAL), late), f.series) for f in found]
        fine, coarse = self._conventions.identity_labels(), self._conventions.service_labels()
        levels, per_instance, per_service = levels_of_size(sized, self._options.max_series, fine, coarse)
        for names, whom in ((per_instance, "instance"), (per_service, "service")):
            if names:
                shown = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
                self.note(f"metrics of many series are summed up per {whom}: {shown}")
        return list(range_queries(levels, scope, self._options.match)), found

    def _known_rules(self) -> list[Rule]:
        """Return all rules; none where the backend does not tell."""
        try:
            return self.rules()
        except SourceError:
            return []
