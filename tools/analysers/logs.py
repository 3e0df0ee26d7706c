"""Logs: templates that are new, gone or bursting, per service and, where known, operation.

Lines arrive masked and counted by the source; Drain (He et al. 2017) merges what still differs. A count
is compared per execution of the operation that wrote the line, so that more traffic is not a burst and
a missing line of a common operation stands out even in a short window.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from tools.analysers.base import Analyser, Finding, deflated, since, strongest, tails
from tools.config import SurveySettings
from tools.evidence import Evidence, EvidenceKind, Sample, Subject, onset_of
from tools.names import named, quoted
from tools.sources import LogSource, Telemetry
from tools.sources.rows import Buckets, MaskedLines, Trials, Two
from tools.stats import (
    CalmRate,
    calm_rate,
    cusum_onset,
    poisson_rate_effect,
    stretch_ids,
    strongest_since,
    two_proportion_effect,
)
from tools.window import Scope

ALARMING = frozenset({"ERROR", "ERR", "FATAL", "CRITICAL", "CRIT", "ALERT", "EMERG", "PANIC", "SEVERE"})
PEER_RUNS = 20.0
"""Executions that the usual rate of error lines is worth: beyond twenty of its own, a baseline outweighs it."""
KNOWN = 1.5
"""An error line that is hardly more frequent than in the baseline is told of because it is unusual elsewhere."""
SHOWN = 160
"""Characters of a template in a statement."""
MIN_RUNS = 3
"""Fewer executions than this say nothing about a rate."""
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


def analyse_logs(telemetry: Telemetry, scope: Scope, settings: SurveySettings) -> list[Evidence]:
    """Return evidence on log templates, strongest first."""
    logs = telemetry.logs
    if logs is None:
        return []
    templates = mine_templates(logs.lines(scope))
    exposure = executions(telemetry, scope, templates)
    usual = alarm_rate(templates, exposure)
    found = [e for t in templates if (e := _template(logs, scope, t, exposure, usual))]
    return strongest(deflated(found), settings)


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
        mined = miner.add_log_message(line.masked.replace("\n", " "))
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
    return {key: Two(_trials(runs.baseline), _trials(runs.incident)) for key, runs in counted.items()}


def alarm_rate(templates: list[Template], exposure: Exposure) -> float:
    """Return how many error lines an execution writes in the baseline, over all services; never quite 0."""
    lines = sum(t.n.baseline for t in templates if t.severity in ALARMING)
    runs = sum(own.baseline.total for (_, operation), own in exposure.items() if not operation)
    return (lines + 0.5) / (runs + 1.0)


def _series(buckets: Buckets) -> tuple[list[int], list[float]]:
    return buckets.times.tolist(), buckets.n.tolist()


def _trials(counts: dict[int, float]) -> Trials:
    times = np.array(sorted(counts), dtype=np.int64)
    n = np.array([counts[int(moment)] for moment in times], dtype=np.float64)
    return Trials(times, n, np.zeros_like(n))


def rate_effect(n: Two[float], runs: Two[float]) -> float:
    """Return the signed effect on a template's rate per execution.

    A line written at most once a run is a proportion; a line written more often is a Poisson rate.
    """
    if n.baseline <= runs.baseline and n.incident <= runs.incident:
        return two_proportion_effect(n.incident, runs.incident, n.baseline, runs.baseline)
    return poisson_rate_effect(n.incident, runs.incident, n.baseline, runs.baseline)


def _template(logs: LogSource, scope: Scope, template: Template, exposure: Exposure, usual: float) -> Finding | None:
    runs = exposure.get((template.service, template.operation)) or exposure.get((template.service, ""))
    if runs is None or not runs.incident.total:
        return None
    calm = _calm(scope, template, runs.baseline)
    error = template.severity in ALARMING
    if error:
        calm = completed(calm, usual)
    if not calm.trials:
        return None
    parts = list(tails(_with_hits(runs.incident, template.incident)))
    found = strongest_since([_effect(part, calm) for part in parts])
    now, scope = parts[found.start], since(scope, runs.incident, found)
    count, expected = now.hits.sum(), template.n.baseline * now.total / max(runs.baseline.total, 1)
    level = named(template.severity) if template.severity else "the line"
    known = found.effect > 0 and count <= expected * KNOWN
    elsewhere = f", yet error lines are rare elsewhere: {usual:.2g} a run" if known and error else ""
    subject = Subject(kind="template", service=template.service, operation=template.operation, name=template.text[:200])

    def tell() -> Evidence:
        return Evidence(
            kind=_kind(found.effect, Two(template.n.baseline, count)),
            subject=subject,
            statement=(
                f"{named(template.service)} logged {count:.0f} times {level} "
                f"{quoted(template.text, SHOWN)}, {expected:.3g} expected from the baseline{elsewhere}"
            ),
            baseline=expected,
            incident=count,
            unit="lines",
            effect=found.effect,
            onset=onset_of(_onset(scope, template, expected, found.effect)),
            query=logs.query("lines", scope, subject),
            samples=(Sample(kind="log", ref=template.trace_id, text=template.example, times=(template.first_ns,)),),
        )

    return Finding(found.effect, found.effect, tell)


def completed(calm: CalmRate, usual: float) -> CalmRate:
    """Return the rate of an error line with `PEER_RUNS` executions at the usual rate added to the baseline's own.

    Empirical Bayes (Efron & Morris 1975): a short baseline may miss what is normal, or hold the fault already;
    what other operations do completes it. A long one speaks for itself.
    """
    return CalmRate(calm.hits + usual * PEER_RUNS, calm.trials + PEER_RUNS, calm.dispersion)


def _effect(part: Trials, calm: CalmRate) -> float:
    if part.total < MIN_RUNS:
        return math.nan
    n, runs = Two(calm.hits, float(part.hits.sum())), Two(calm.trials, part.total)
    return rate_effect(n, runs) / math.sqrt(calm.dispersion)


def _with_hits(runs: Trials, counts: Mapping[int, float]) -> Trials:
    """Return executions with a template's lines; lines of a bucket without executions count to the one before."""
    hits = np.zeros_like(runs.n)
    for moment, count in counts.items():
        hits[max(int(np.searchsorted(runs.times, moment, side="right")) - 1, 0)] += count
    return Trials(runs.times, runs.n, hits)


def _calm(scope: Scope, template: Template, runs: Trials) -> CalmRate:
    with_hits = _with_hits(runs, template.baseline)
    ids = stretch_ids(runs.times, scope.bucket_ns, scope.incident.end_ns - scope.incident.start_ns)
    return calm_rate(ids, with_hits.hits, with_hits.n)


def _onset(scope: Scope, template: Template, expected: float, effect: float) -> int | None:
    if effect > 0 and template.n.baseline == 0:
        return template.first_ns or None
    starts = np.arange(scope.incident.start_ns, scope.incident.end_ns, scope.bucket_ns, dtype=np.int64)
    counts = np.array([template.incident.get(int(start), 0.0) for start in starts])
    level = expected / max(len(starts), 1)
    return cusum_onset(starts, counts, level, max(level, 1.0) ** 0.5, effect)


def _kind(effect: float, n: Two[float]) -> EvidenceKind:
    if effect < 0:
        return EvidenceKind.LOG_GONE
    return EvidenceKind.LOG_NEW if n.baseline == 0 else EvidenceKind.LOG_BURST


LOGS = Analyser("logs", ("logs",), analyse_logs)
