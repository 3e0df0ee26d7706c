"""Whether a recorded change can be the cause: it cannot be later than what it is to have caused."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

from agent.ranking.features import saturate
from agent.ranking.scene import Scene
from tools.evidence import Evidence, EvidenceKind, Sample
from tools.faults import FaultKind

_BY_CHANGE = {
    "config": FaultKind.BAD_CONFIGURATION,
    "flag": FaultKind.BAD_CONFIGURATION,
    "deploy": FaultKind.BAD_DEPLOY,
    "commit": FaultKind.BAD_DEPLOY,
    "event": FaultKind.RESTART,
}
TELLING = 0.75
"""What is this part as strong as the strongest finding dates the beginning; weaker ones are noise as likely."""


_EXACT = frozenset(
    {EvidenceKind.ERRORS_ORIGIN, EvidenceKind.LOG_NEW, EvidenceKind.LOG_BURST, EvidenceKind.METRIC_SHIFT}
)
"""Findings dated by a span, a line or a point; the others are dated to the beginning of a time bucket."""


def changed_to(scene: Scene) -> FaultKind | None:
    """Return the kind that the last change before the first symptom suggests, None without such a change."""
    began = _began(scene)
    changes = [e for e in scene.own if e.kind is EvidenceKind.CHANGE and e.onset is not None]
    before = [(e.onset, e.statement) for e in changes if e.onset is not None and (began is None or e.onset <= began)]
    if not before:
        return None
    _, statement = max(before)
    return _BY_CHANGE.get(statement.split(" ", 1)[0].lower(), FaultKind.BAD_DEPLOY)


def _began(scene: Scene) -> dt.datetime | None:
    """Return the latest moment at which the first clear finding about the component can have begun.

    What changes write themselves ("configuration reloaded") is no symptom: such lines are few and weak.
    """
    width = _bucket(scene.everything)
    dated = [e for e in scene.own if e.onset is not None and e.kind is not EvidenceKind.CHANGE and not e.uncertain]
    strongest = max((saturate(e.effect) for e in dated), default=0.0)
    clear = [e for e in dated if saturate(e.effect) >= TELLING * strongest]
    none = dt.timedelta(0)
    return min((e.onset + (none if e.kind in _EXACT else width) for e in clear if e.onset is not None), default=None)


def _bucket(evidence: list[Evidence]) -> dt.timedelta:
    """Return the width of the time buckets that findings are dated to."""
    series = (s for item in evidence for s in item.samples if s.ref.endswith("per bucket") and len(s.times) > 1)
    steps = sorted(b - a for a, b in pairwise(next(series, Sample(kind="series")).times))
    return dt.timedelta(microseconds=steps[len(steps) // 2] / 1e3) if steps else dt.timedelta(0)
