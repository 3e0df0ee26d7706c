"""Logs: templates that are new, gone or bursting, per service and, where known, operation.

A count is compared per execution of the operation that wrote the line, so that more traffic is not a burst and
a missing line of a common operation stands out even in a short window; and with the count of a line that it keeps
pace with.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tools.analysers.base import Analyser, Finding, calm_of, deflated, since, strongest, tails
from tools.analysers.log_companions import companions, due, key_of
from tools.analysers.log_templates import ALARMING, Exposure, Template, executions, mine_templates, with_hits
from tools.config import SurveySettings
from tools.evidence import Evidence, EvidenceKind, Sample, Subject, onset_of
from tools.names import named, quoted
from tools.sources import LogSource, Telemetry
from tools.sources.rows import Trials, Two
from tools.stats import (
    CalmRate,
    cusum_onset,
    poisson_rate_effect,
    strongest_since,
    two_proportion_effect,
)
from tools.window import Scope

PEER_RUNS = 20.0
"""Executions that the usual rate of error lines is worth: beyond twenty of its own, a baseline outweighs it."""
KNOWN = 1.5
"""An error line that is hardly more frequent than in the baseline is told of because it is unusual elsewhere."""
SHOWN, BESIDE = 160, 80
"""Characters of a template, and of its companion, in a statement."""
MIN_RUNS = 3
"""Fewer executions than this say nothing about a rate."""


def analyse_logs(telemetry: Telemetry, scope: Scope, settings: SurveySettings) -> list[Evidence]:
    """Return evidence on log templates, strongest first."""
    logs = telemetry.logs
    if logs is None:
        return []
    templates = mine_templates(logs.lines(scope))
    exposure = executions(telemetry, scope, templates)
    usual = alarm_rate(templates, exposure)
    beside = companions(templates, exposure)
    found = [e for t in templates if (e := _template(logs, scope, t, exposure, usual, beside.get(key_of(t))))]
    return strongest(deflated(found), settings)


def alarm_rate(templates: list[Template], exposure: Exposure) -> float:
    """Return how many error lines an execution writes in the baseline, over all services; never quite 0."""
    lines = sum(t.n.baseline for t in templates if t.severity in ALARMING)
    runs = sum(own.baseline.total for (_, operation), own in exposure.items() if not operation)
    return (lines + 0.5) / (runs + 1.0)


def rate_effect(n: Two[float], runs: Two[float]) -> float:
    """Return the signed effect on a template's rate per execution.

    A line written at most once a run is a proportion; a line written more often is a Poisson rate.
    """
    if n.baseline <= runs.baseline and n.incident <= runs.incident:
        return two_proportion_effect(n.incident, runs.incident, n.baseline, runs.baseline)
    return poisson_rate_effect(n.incident, runs.incident, n.baseline, runs.baseline)


def _template(
    logs: LogSource, scope: Scope, template: Template, exposure: Exposure, usual: float, companion: Template | None
) -> Finding | None:
    """Return what is odd about a template, by executions or beside its companion, whichever says more.

    A companion tells only of lines that are missing: one that comes more often than it need not have to do with it.
    """
    runs = exposure.get((template.service, template.operation)) or exposure.get((template.service, ""))
    if runs is None or not runs.incident.total:
        return None
    error = template.severity in ALARMING
    odd = _odd(scope, template, runs, usual if error else None)
    if companion is not None:
        beside = _odd(scope, template, due(template, companion), None)
        if beside is not None and beside.effect < min(odd.effect if odd else 0.0, 0.0):
            return _finding(logs, template, beside, f" beside {quoted(companion.text, BESIDE)}")
    if odd is None:
        return None
    known = odd.effect > 0 and odd.count <= odd.expected * KNOWN
    elsewhere = f", yet error lines are rare elsewhere: {usual:.2g} a run" if known and error else ""
    return _finding(logs, template, odd, f" from the baseline{elsewhere}")


@dataclass(frozen=True, slots=True)
class _Odd:
    """How a template's count compares: with what was expected, from where on, in which windows."""

    effect: float
    count: float
    expected: float
    scope: Scope


def _odd(scope: Scope, template: Template, runs: Two[Trials], usual: float | None) -> _Odd | None:
    """Compare a template's rate with that of the baseline; `usual` is the rate of error lines, for one of them."""
    calm = _calm(scope, template, runs.baseline)
    if usual is not None:
        calm = completed(calm, usual)
    parts = list(tails(with_hits(runs.incident, template.incident)))
    if not calm.trials or not parts:
        return None
    found = strongest_since([_effect(part, calm) for part in parts])
    now = parts[found.start]
    expected = template.n.baseline * now.total / max(runs.baseline.total, 1)
    return _Odd(found.effect, float(now.hits.sum()), expected, since(scope, runs.incident, found))


def _finding(logs: LogSource, template: Template, odd: _Odd, against: str) -> Finding:
    level = named(template.severity) if template.severity else "the line"
    subject = Subject(kind="template", service=template.service, operation=template.operation, name=template.text[:200])

    def tell() -> Evidence:
        return Evidence(
            kind=_kind(odd.effect, Two(template.n.baseline, odd.count)),
            subject=subject,
            statement=(
                f"{named(template.service)} logged {odd.count:.0f} times {level} "
                f"{quoted(template.text, SHOWN)}, {odd.expected:.3g} expected{against}"
            ),
            baseline=odd.expected,
            incident=odd.count,
            unit="lines",
            effect=odd.effect,
            onset=onset_of(_onset(odd.scope, template, odd.expected, odd.effect)),
            query=logs.query("lines", odd.scope, subject),
            samples=(Sample(kind="log", ref=template.trace_id, text=template.example, times=(template.first_ns,)),),
        )

    return Finding(odd.effect, odd.effect, tell)


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


def _calm(scope: Scope, template: Template, runs: Trials) -> CalmRate:
    return calm_of(with_hits(runs, template.baseline), scope)


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
