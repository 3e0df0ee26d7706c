"""Latency: self-time per operation and time between services, baseline against incident.

A slow service is slow in its own spans; a slow network is slow between a client span and the server
span below it. Keeping the two apart is what tells a slow component from a slow path to it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from tools.analysers.base import Analyser, Finding, milliseconds, strongest
from tools.analysers.quantile_shift import (
    ABSOLUTE_FLOOR_NS,
    MIN_SPANS,
    RELATIVE_FLOOR,
    Shift,
    enough,
    pooled_variation,
    quantile_shift,
)
from tools.config import SurveySettings
from tools.evidence import Evidence, EvidenceKind, Subject, onset_of
from tools.names import named
from tools.sources import Telemetry, TraceSource
from tools.sources.rows import Buckets, EdgeStats, EntryStats, OperationStats, Spread, Two
from tools.stats import effect_size, spread_scale
from tools.window import Scope

SURE = 3.0
"""Standard errors from which time gained counts as gained and not as chance."""
MIN_EDGES = 5
"""Fewer edges do not tell how long edges usually take."""


def analyse_latency(telemetry: Telemetry, scope: Scope, settings: SurveySettings) -> list[Evidence]:
    """Return evidence on self-time and edge time, strongest first."""
    traces = telemetry.traces
    if traces is None:
        return []
    own = [o for o in traces.operations(scope) if enough(o.own)]
    every_edge = traces.edges(scope)
    wire = [e for e in every_edge if enough(e.gap)]
    moved_own = _shifts([(o.own, o.buckets) for o in own], scope)
    moved_wire = _shifts([(e.gap, e.buckets) for e in wire], scope)
    gains = [o.excess for o, shift in zip(own, moved_own, strict=True) if _surely_rose(shift)]
    gains += [e.excess for e, shift in zip(wire, moved_wire, strict=True) if _surely_rose(shift)]
    whole = max(sum(max(gain, 0.0) for gain in gains), RELATIVE_FLOOR * usual_duration(traces.entries(scope)), 1.0)
    operations = [_operation(traces, scope, o, shift, whole) for o, shift in zip(own, moved_own, strict=True)]
    edges = [_edge(traces, scope, e, shift, whole) for e, shift in zip(wire, moved_wire, strict=True)]
    unlike = [found for e in every_edge if (found := _unlike_any(traces, scope, e, wire, whole))]
    return strongest(operations, settings) + strongest(edges + unlike, settings)


def _shifts(measured: list[tuple[Two[Spread], Two[Buckets]]], scope: Scope) -> list[Shift]:
    pooled = pooled_variation([spread for spread, _ in measured])
    return [quantile_shift(spread, buckets, scope, pooled) for spread, buckets in measured]


def _surely_rose(shift: Shift) -> bool:
    return shift.effect >= 1.0 and shift.certainty >= SURE


def usual_duration(entries: list[EntryStats]) -> float:
    """Return the mean duration of a baseline request over all entry operations, ns; 0 without requests."""
    counted = [entry.duration.baseline for entry in entries if entry.duration.baseline.n]
    total = sum(spread.n for spread in counted)
    return sum(spread.n * spread.mean for spread in counted) / total if total else 0.0


def shift_evidence(
    kind: EvidenceKind, subject: Subject, what: str, shift: Shift, query: Callable[[], str], share: float | None = None
) -> Finding:
    """Return a moved quantile as evidence.

    Args:
        kind: of the evidence.
        subject: who moved.
        what: beginning of the statement.
        shift: how far.
        query: returns what reproduces the numbers.
        share: part of the time that requests surely gained.
    """

    def tell() -> Evidence:
        return Evidence(
            kind=kind,
            subject=subject,
            statement=f"{what} {shift.words()}",
            baseline=shift.baseline / 1e6,
            incident=shift.incident / 1e6,
            unit="ms",
            effect=shift.effect,
            share=share,
            onset=onset_of(shift.onset()),
            query=query(),
            samples=shift.samples(),
        )

    return Finding(shift.effect, shift.certainty, tell)


def _operation(traces: TraceSource, scope: Scope, stats: OperationStats, shift: Shift, whole: float) -> Finding:
    subject = Subject(kind="operation", service=stats.service, operation=stats.operation)
    what = f"self-time of {subject.label()}"
    query = partial(traces.query, "operations", scope, subject)
    return shift_evidence(EvidenceKind.LATENCY_SELF, subject, what, shift, query, min(stats.excess / whole, 1.0))


def _edge(traces: TraceSource, scope: Scope, stats: EdgeStats, shift: Shift, whole: float) -> Finding:
    subject = Subject(kind="edge", service=stats.service, peer=stats.peer, operation=stats.operation)
    kind = "calls to" if stats.leaf else "time on the way to"
    what = f"{kind} {named(stats.peer)} from {named(stats.service)} ({named(stats.operation)})"
    query = partial(traces.query, "edges", scope, subject)
    return shift_evidence(EvidenceKind.LATENCY_EDGE, subject, what, shift, query, min(stats.excess / whole, 1.0))


def _unlike_any(
    traces: TraceSource, scope: Scope, stats: EdgeStats, wire: list[EdgeStats], whole: float
) -> Finding | None:
    """Judge an edge that the baseline hardly has by the time that all other edges take.

    Time between services is alike within one system, so an edge far above all others is slow even
    when nobody saw it before.
    """
    if stats.leaf or stats.gap.baseline.n >= MIN_SPANS or stats.gap.incident.n < MIN_SPANS:
        return None
    usual = np.array([e.gap.baseline.p50 for e in wire if not e.leaf], np.float64)
    if usual.size < MIN_EDGES:
        return None
    logs = np.log(np.maximum(usual, ABSOLUTE_FLOOR_NS))
    level, now = float(np.exp(np.median(logs))), stats.gap.incident.p50
    effect = effect_size(float(np.log(max(now, ABSOLUTE_FLOOR_NS))), float(np.log(level)), spread_scale(logs), 0.2)
    subject = Subject(kind="edge", service=stats.service, peer=stats.peer, operation=stats.operation)

    def tell() -> Evidence:
        return Evidence(
            kind=EvidenceKind.LATENCY_EDGE,
            subject=subject,
            statement=(
                f"time on the way to {named(stats.peer)} from {named(stats.service)} "
                f"({named(stats.operation)}) is {milliseconds(now)} "
                f"(median), {milliseconds(level)} on the other edges; the baseline hardly has this call"
            ),
            baseline=level / 1e6,
            incident=now / 1e6,
            unit="ms",
            effect=effect,
            share=min(stats.excess / whole, 1.0),
            query=traces.query("edges", scope, subject),
        )

    return Finding(effect, effect, tell)


LATENCY = Analyser("latency", ("traces",), analyse_latency)
