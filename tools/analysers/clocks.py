"""Clocks: whose spans lie outside of the calls that they answer, or that they make.

What a span takes is measured by one clock, so a wrong clock makes nothing slower. It only moves the spans of one
service, by the same amount on all of its edges: they end after the calls that they answer, and begin before the
answers to the calls that they make.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from tools.analysers.base import Analyser, Finding, milliseconds, strongest
from tools.analysers.quantile_shift import enough
from tools.config import SurveySettings
from tools.evidence import Evidence, EvidenceKind, Subject, onset_of
from tools.names import named
from tools.sources import Telemetry, TraceSource
from tools.sources.rows import EdgeStats
from tools.window import Scope

MATERIAL_NS = 10_000_000
"""10 ms. Hosts that keep time by NTP differ by less."""
ALIKE = 0.2
"""Edges of one host are shifted alike: within a fifth of their median."""
CERTAIN = 8.0
"""Standard errors a shift counts as at most; that of a few spans is as plain as that of many."""


@dataclass(frozen=True, slots=True)
class _Edge:
    """An edge with the time, ns, by which the callee's spans begin too late (negative: too early)."""

    stats: EdgeStats
    skew: float

    @property
    def ends(self) -> tuple[str, str]:
        return self.stats.service, self.stats.peer

    def of(self, service: str) -> float:
        """Return how far ahead the clock of one of its ends is."""
        return self.skew if service == self.stats.peer else -self.skew


def analyse_clocks(telemetry: Telemetry, scope: Scope, settings: SurveySettings) -> list[Evidence]:
    """Return evidence on services whose clock went wrong, one each, the strongest first."""
    traces = telemetry.traces
    if traces is None:
        return []
    known = [_Edge(e, skew_of(e)) for e in traces.edges(scope) if not e.leaf and enough(e.stray)]
    skewed = [edge for edge in known if abs(edge.skew) >= MATERIAL_NS]
    found: list[Finding] = []
    while skewed:
        service, edges = _most_explained(skewed, known)
        found.append(_finding(traces, scope, service, edges))
        skewed = [edge for edge in skewed if edge not in edges]
    return strongest(found, settings)


def skew_of(edge: EdgeStats) -> float:
    """Return by how much, ns, callee spans lie after (negative: before) the calls, more than in the baseline."""
    return edge.stray.incident.p50 - edge.stray.baseline.p50 if enough(edge.stray) else 0.0


def _most_explained(skewed: list[_Edge], known: list[_Edge]) -> tuple[str, list[_Edge]]:
    """Return the service whose clock explains most: of whose edges most, and the largest part, are shifted alike."""
    of_service: Mapping[str, list[_Edge]] = defaultdict(list)
    for edge in skewed:
        for service in set(edge.ends):
            of_service[service].append(edge)
    total = {service: sum(service in edge.ends for edge in known) for service in of_service}
    alike = {service: _alike(service, edges) for service, edges in of_service.items()}
    best = max(sorted(alike), key=lambda service: (len(alike[service]) / total[service], len(alike[service])))
    return best, alike[best]


def _alike(service: str, edges: list[_Edge]) -> list[_Edge]:
    middle = float(np.median([edge.of(service) for edge in edges]))
    near = [edge for edge in edges if abs(edge.of(service) - middle) <= ALIKE * abs(middle)]
    return near or edges[:1]


def _finding(traces: TraceSource, scope: Scope, service: str, edges: list[_Edge]) -> Finding:
    edge = max(edges, key=lambda e: e.stats.stray.incident.n)
    stats = edge.stats
    before, after = stats.stray.baseline.p50, stats.stray.incident.p50
    more = f"; so do those of {len(edges) - 1} other edges of {named(service)}" if len(edges) > 1 else ""
    subject = Subject(kind="edge", service=stats.service, peer=stats.peer, operation=stats.operation)

    def tell() -> Evidence:
        return Evidence(
            kind=EvidenceKind.CLOCK,
            subject=Subject(kind="service", service=service),
            statement=(
                f"spans of {named(stats.peer)} {_where(after)} (median) the calls of {named(stats.service)} "
                f"({named(stats.operation)}) that they answer, although they are shorter than these; by "
                f"{milliseconds(abs(before))} in the baseline{more}"
            ),
            baseline=before / 1e6,
            incident=after / 1e6,
            unit="ms",
            effect=abs(edge.skew) / MATERIAL_NS,
            onset=onset_of(_onset(edge)),
            query=traces.query("edges", scope, subject),
        )

    return Finding(abs(edge.skew) / MATERIAL_NS, min(stats.stray.incident.n**0.5, CERTAIN), tell)


def _where(stray_ns: float) -> str:
    return f"{'begin' if stray_ns < 0 else 'end'} {milliseconds(abs(stray_ns))} {'before' if stray_ns < 0 else 'after'}"


def _onset(edge: _Edge) -> int | None:
    """Return the first bucket whose median is more than half way from the old one to the new one."""
    series, before = edge.stats.stray_buckets.incident, edge.stats.stray.baseline.p50
    moved = np.abs(series.p50 - before) > abs(edge.stats.stray.incident.p50 - before) / 2
    return int(series.times[np.argmax(moved)]) if moved.any() else None


CLOCKS = Analyser("clocks", ("traces",), analyse_clocks)
