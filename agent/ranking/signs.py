"""Signs: findings that one kind of fault leaves and hardly any other, looked for before the family is guessed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from agent.ranking.impact import SURGE
from agent.ranking.paths import BUSY, unreachable
from agent.ranking.scene import Scene, rise
from tools.analysers.metric_classes import MetricClass, metric_class
from tools.evidence import Evidence, EvidenceKind
from tools.faults import FaultKind, kind_in_words

GROWN = 1.25
"""Memory that grew by a quarter before it fell: a restart alone brings it back to where it was."""
FELL = 0.8
"""To this part of the point before: what a process frees at once it seldom gives back to the system."""
STORM = 3.0
"""Times the usual calls of a request: one that is tried twice or three times is merely patient."""
NOTICED = 4.0
"""Standard errors by which the rise of all entries together is sure."""


def sign_of(scene: Scene) -> FaultKind | None:
    """Return the kind that leaves the first sign found, the most specific first; None without any."""
    return next((kind for kind, shows in _SIGNS if shows(scene)), None)


def in_words(scene: Scene) -> FaultKind | None:
    """Return the kind that new or more frequent log lines name, and the texts of failed spans."""
    for item in scene.own:
        if item.kind in {EvidenceKind.LOG_NEW, EvidenceKind.LOG_BURST} and (kind := kind_in_words(item.statement)):
            return kind
        if item.kind is EvidenceKind.ERRORS_ORIGIN and item.effect > 0:
            texts = (kind_in_words(sample.text) for sample in item.samples)
            if kind := next((found for found in texts if found), None):
                return kind
    return None


def surges(scene: Scene) -> bool:
    """Tell whether far more requests than usual arrive at all entries, nothing fails, and the component copes."""
    features = scene.features
    if max(features.own_time, features.wire_in, features.wire_out) >= BUSY or features.change:
        return False
    if any(e.kind is EvidenceKind.ERRORS_ORIGIN and e.effect > 0 and not e.uncertain for e in scene.everything):
        return False
    entries = [e for e in scene.everything if e.kind is EvidenceKind.TRAFFIC]
    usual, now = sum(e.baseline or 0.0 for e in entries), sum(e.incident or 0.0 for e in entries)
    sure = sum(e.effect for e in entries) / max(len(entries), 1) ** 0.5
    return now >= SURGE * usual > 0.0 and all(rise(e) > 0.0 for e in entries) and sure >= NOTICED


def skewed(scene: Scene) -> bool:
    """Tell whether the component's spans begin at times at which they cannot have begun."""
    return any(True for _ in scene.rising(EvidenceKind.CLOCK))


def storms(scene: Scene) -> bool:
    """Tell whether calls of the component, or to it, fail and are made several times as often for each request.

    It is a storm for whoever repeats, whoever is called, and whom that one calls in turn.
    """
    for item in scene.everything:
        repeated = item.kind is EvidenceKind.CALLS_REPEATED and (item.incident or 0.0) >= STORM * (item.baseline or 1.0)
        called = item.subject.service
        near = {called, *scene.neighbours.callers(called), *_failing_below(scene, called)}
        if repeated and scene.component in near and scene.failing(called):
            return True
    return False


def _failing_below(scene: Scene, caller: str) -> set[str]:
    return {
        e.subject.peer
        for e in scene.everything
        if e.kind is EvidenceKind.ERRORS_ORIGIN and e.effect > 0 and e.subject.service == caller and e.subject.peer
    }


def throttled(scene: Scene) -> bool:
    """Tell whether a limit holds the component's CPU back."""
    return any("throttl" in item.subject.name.lower() for item in _metrics(scene))


def outgrows(scene: Scene) -> bool:
    """Tell whether memory grew and fell back at once, and callers met nobody: the process was killed for it."""
    return unreachable(scene) and any(
        metric_class(item.subject.name) is MetricClass.MEMORY and _saw_tooth(item)
        for item in _metrics(scene)
        if item.subject.service == scene.component
    )


def _saw_tooth(item: Evidence) -> bool:
    series = next((sample for sample in item.samples if sample.kind == "series"), None)
    if series is None or item.baseline is None:
        return False
    pairs = zip(series.values, series.values[1:], strict=False)
    return any(high >= GROWN * item.baseline and low <= FELL * high for high, low in pairs)


def queues_for_pool(scene: Scene) -> bool:
    """Tell whether requests wait for a connection of a bounded pool."""
    words = ("pending", "wait", "timeout")
    return any(
        metric_class(item.subject.name) is MetricClass.POOL and any(word in item.subject.name for word in words)
        for item in _metrics(scene)
        if item.effect >= 2.0
    )


def _metrics(scene: Scene) -> Iterator[Evidence]:
    return (item for item in scene.rising(EvidenceKind.METRIC_SHIFT) if not item.subject.peer)


_SIGNS: tuple[tuple[FaultKind, Callable[[Scene], bool]], ...] = (
    (FaultKind.CLOCK_SKEW, skewed),
    (FaultKind.CPU_SATURATION, throttled),
    (FaultKind.MEMORY_PRESSURE, outgrows),
    (FaultKind.POOL_EXHAUSTED, queues_for_pool),
)
