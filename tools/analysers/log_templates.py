"""Log templates: lines that differ in what varies only, with their counts and how often they could have come.

Lines arrive masked and counted by the source; Drain (He et al. 2017) merges what still differs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from tools.sources import Telemetry
from tools.sources.rows import Buckets, MaskedLines, Trials, Two
from tools.window import Scope

ALARMING = frozenset({"ERROR", "ERR", "FATAL", "CRITICAL", "CRIT", "ALERT", "EMERG", "PANIC", "SEVERE"})
_LIST = re.compile(r"\[([^\[\],]*<\*>[^\[\],]*),[^\[\]]*\]")
"""A list of values that vary. So does its length, and Drain would make a template of each: one value stands for all."""
Exposure = Mapping[tuple[str, str], Two[Trials]]
"""Executions per (service, operation) in both windows; the operation is empty for the whole service."""


@dataclass(slots=True)
class Template:
    """One template of one service and operation, with its counts per bucket start."""

    service: str
    operation: str
    text: str = ""
    severity: str = ""
    example: str = ""
    trace_id: str = ""
    first_ns: int = 0
    baseline: dict[int, float] = field(default_factory=dict)
    incident: dict[int, float] = field(default_factory=dict)

    def add(self, line: MaskedLines) -> None:
        """Count a group of equal lines."""
        _count(self.baseline, line.times.baseline.tolist(), line.counts.baseline.tolist())
        _count(self.incident, line.times.incident.tolist(), line.counts.incident.tolist())
        if line.n.incident and (not self.first_ns or line.first_ns < self.first_ns):
            self.first_ns, self.example, self.trace_id = line.first_ns, line.example, line.trace_id
        self.example = self.example or line.example
        if line.severity in ALARMING or not self.severity:
            self.severity = line.severity

    @property
    def n(self) -> Two[float]:
        """Return the counts in both windows."""
        return Two(sum(self.baseline.values()), sum(self.incident.values()))


def _count(into: dict[int, float], times: list[int], counts: list[float]) -> None:
    """Add counts per bucket start."""
    for moment, count in zip(times, counts, strict=True):
        into[moment] = into.get(moment, 0.0) + count


def mine_templates(lines: list[MaskedLines]) -> list[Template]:
    """Merge masked lines into templates, service by service; one template an operation."""
    from drain3 import TemplateMiner
    from drain3.template_miner_config import TemplateMinerConfig

    miners: dict[str, TemplateMiner] = {}
    found: dict[tuple[str, str, int], Template] = {}
    texts: dict[tuple[str, int], str] = {}
    for line in sorted(lines, key=lambda line: (-(line.n.baseline + line.n.incident), line.masked)):
        miner = miners.get(line.service)
        if miner is None:
            miner = miners[line.service] = TemplateMiner(config=TemplateMinerConfig())
        mined = miner.add_log_message(_LIST.sub(r"[\1]", line.masked.replace("\n", " ")))
        cluster = int(mined["cluster_id"])
        texts[line.service, cluster] = str(mined["template_mined"])
        key = (line.service, line.operation, cluster)
        found.setdefault(key, Template(line.service, line.operation)).add(line)
    for (service, _, cluster), template in found.items():
        template.text = texts[service, cluster]
    return list(found.values())


def executions(telemetry: Telemetry, scope: Scope, templates: list[Template]) -> Exposure:
    """Return how often each operation and service ran; without traces, how much each service logged."""
    counted: dict[tuple[str, str], Two[dict[int, float]]] = {}
    if telemetry.traces is not None:
        for stats in telemetry.traces.operations(scope):
            for key in ((stats.service, stats.operation), (stats.service, "")):
                into = counted.setdefault(key, Two({}, {}))
                _count(into.baseline, *_series(stats.total_buckets.baseline))
                _count(into.incident, *_series(stats.total_buckets.incident))
    traced = {service for service, _ in counted}
    for template in templates:
        if template.service not in traced:
            into = counted.setdefault((template.service, ""), Two({}, {}))
            _count(into.baseline, list(template.baseline), list(template.baseline.values()))
            _count(into.incident, list(template.incident), list(template.incident.values()))
    return {key: Two(trials(runs.baseline), trials(runs.incident)) for key, runs in counted.items()}


def _series(buckets: Buckets) -> tuple[list[int], list[float]]:
    return buckets.times.tolist(), buckets.n.tolist()


def trials(counts: Mapping[int, float]) -> Trials:
    """Return counts per bucket start as opportunities, none of them taken."""
    times = np.array(sorted(counts), dtype=np.int64)
    n = np.array([counts[int(moment)] for moment in times], dtype=np.float64)
    return Trials(times, n, np.zeros_like(n))


def with_hits(runs: Trials, counts: Mapping[int, float]) -> Trials:
    """Return executions with a template's lines; lines of a bucket without executions count to the one before."""
    hits = np.zeros_like(runs.n)
    for moment, count in counts.items():
        hits[max(int(np.searchsorted(runs.times, moment, side="right")) - 1, 0)] += count
    return Trials(runs.times, runs.n, hits)
