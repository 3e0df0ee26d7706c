"""Repeats: operations that one request runs more often than it used to, as when callers try again and again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from tools.analysers.base import Finding
from tools.evidence import Evidence, EvidenceKind, Subject
from tools.names import named
from tools.sources import TraceSource
from tools.sources.rows import CallStats, Two
from tools.stats import poisson_rate_effect
from tools.window import Scope

MIN_RUNS = 5
"""Fewer spans or requests in either window say nothing about a rate."""
MATERIAL = 1.5
"""Times as often as in the baseline. Less is another mix of requests."""


@dataclass(frozen=True, slots=True)
class _Repeated:
    """How often an operation ran, in how many requests of an entry operation."""

    entry: str
    service: str
    operation: str
    runs: Two[int]
    requests: Two[int]

    @property
    def per_request(self) -> Two[float]:
        return Two(self.runs.baseline / self.requests.baseline, self.runs.incident / self.requests.incident)


def requests_of(calls: Iterable[CallStats]) -> Mapping[str, Two[int]]:
    """Return the number of requests per entry operation, of those that make any call."""
    found: dict[str, Two[int]] = {}
    for call in calls:
        if call.operation == call.entry and not call.given:
            known, made = found.get(call.entry, Two(0, 0)), call.made
            found[call.entry] = Two(max(known.baseline, made.baseline.total), max(known.incident, made.incident.total))
    return found


def repeated(traces: TraceSource, scope: Scope) -> Iterator[Finding]:
    """Yield operations that a request runs much more often than in the baseline."""
    calls = [call for call in traces.calls(scope) if not call.given]
    requests = requests_of(calls)
    callers = {(call.entry, call.service, call.operation): call.made for call in calls}
    for (entry, service, operation), made in callers.items():
        runs = Two(made.baseline.total, made.incident.total)
        of = requests.get(entry, Two(0, 0))
        if min(runs.baseline, runs.incident, of.baseline, of.incident) < MIN_RUNS:
            continue
        found = _Repeated(entry, service, operation, runs, of)
        if found.per_request.incident >= MATERIAL * found.per_request.baseline:
            yield _finding(traces, scope, found)


def _finding(traces: TraceSource, scope: Scope, found: _Repeated) -> Finding:
    runs, of, rate = found.runs, found.requests, found.per_request
    subject = Subject(kind="operation", service=found.service, operation=found.operation)
    effect = poisson_rate_effect(runs.incident, of.incident, runs.baseline, of.baseline)

    def tell() -> Evidence:
        return Evidence(
            kind=EvidenceKind.CALLS_REPEATED,
            subject=subject,
            statement=(
                f"{named(found.service)} {named(found.operation)} runs {rate.incident:.3g} times a request of "
                f"{named(found.entry)}, {rate.baseline:.3g} times in the baseline ({runs.incident} in {of.incident} "
                f"requests against {runs.baseline} in {of.baseline})"
            ),
            baseline=rate.baseline,
            incident=rate.incident,
            unit="1/request",
            effect=effect,
            query=traces.query("calls", scope, subject),
        )

    return Finding(effect, effect, tell)
