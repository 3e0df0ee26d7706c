"""Lines that go together: of each template, another one that tells how often it was due.

An execution that loops writes some lines once a round, a branch writes others, and rounds and branches vary from
request to request. What was written beside a line in the baseline tells better than the number of executions how
often it was due: counts of lines keep fixed relations (Lou et al., Mining Invariants from Console Logs, USENIX
ATC 2010), and a return or an exception between the two statements breaks theirs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from tools.analysers.log_templates import ALARMING, Exposure, Template, trials
from tools.sources.rows import Trials, Two

MIN_LINES = 10
"""Lines in the baseline below which a relation between two templates may be chance."""
SLACK = 1.02
"""A line may be counted this often beside its companion: one of the two may fall outside the window."""
Key = tuple[str, str, str]
"""Service, operation and text of a template."""


def key_of(template: Template) -> Key:
    """Return what tells a template from others."""
    return template.service, template.operation, template.text


def companions(templates: list[Template], exposure: Exposure) -> dict[Key, Template]:
    """Return, per template that has one, the template that keeps pace with it at least as well as executions do.

    Judged in the baseline alone, by the index of dispersion: the variance of what is left over when counts are
    predicted from the other's, over the mean. Error lines have no companion and are none.

    Args:
        templates: all templates.
        exposure: executions per operation.
    """
    groups: dict[tuple[str, str], list[Template]] = defaultdict(list)
    for template in templates:
        if template.severity not in ALARMING and template.n.baseline >= MIN_LINES:
            groups[template.service, template.operation].append(template)
    found: dict[Key, Template] = {}
    for place, group in groups.items():
        found.update(_paired(group, exposure.get(place) or exposure.get((place[0], ""))))
    return found


def _paired(group: list[Template], runs: Two[Trials] | None) -> Iterator[tuple[Key, Template]]:
    times = sorted({moment for template in group for moment in template.baseline})
    counts = np.array([[template.baseline.get(moment, 0.0) for moment in times] for template in group])
    usual = _at(times, runs.baseline) if runs else np.zeros(len(times))
    totals = counts.sum(axis=1)
    for own, template in enumerate(group):
        fit = _left_over(counts[own], counts)
        fit[(totals * SLACK < totals[own]) | (np.arange(len(group)) == own)] = np.inf
        best = int(np.argmin(fit))
        if fit[best] <= _left_over(counts[own], usual[None, :])[0]:
            yield key_of(template), group[best]


def _left_over(counts: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return per row of `others` the index of dispersion of counts around what that row predicts."""
    totals = others.sum(axis=1)
    rates = np.divide(counts.sum(), totals, out=np.zeros_like(totals), where=totals > 0)
    return np.asarray(((counts - rates[:, None] * others) ** 2).sum(axis=1) / counts.sum(), dtype=np.float64)


def _at(times: list[int], runs: Trials) -> NDArray[np.float64]:
    """Return executions in the buckets of given starts."""
    counted = dict(zip(runs.times.tolist(), runs.n.tolist(), strict=True))
    return np.array([counted.get(moment, 0.0) for moment in times])


def due(template: Template, companion: Template) -> Two[Trials]:
    """Return how often a template was due: what its companion counts, in both windows.

    Of the last bucket of the incident only as many count as the template has there: the others may be on their way.
    """
    last = max(companion.incident, default=0)
    incident = {**companion.incident, last: min(companion.incident.get(last, 0.0), template.incident.get(last, 0.0))}
    return Two(trials(companion.baseline), trials(incident))
