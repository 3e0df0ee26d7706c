"""Evidence for tests of the ranking."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from agent.ranking.features import Features
from agent.ranking.neighbours import Neighbours
from agent.ranking.propose import about
from agent.ranking.scene import Scene
from tests.builders import ns
from tools.evidence import Evidence, EvidenceKind, Sample, Subject, onset_of
from tools.sources.rows import Call

GRAPH = [Call("gateway", "shop", 10), Call("shop", "store", 10), Call("admin", "store", 2)]
"""gateway → shop → store ← admin."""


def found(kind: EvidenceKind, effect: float, share: float | None = None, **subject: str) -> Evidence:
    """Return a finding of no stated certainty; a peer makes its subject an edge."""
    about = Subject.model_validate({"kind": "edge" if "peer" in subject else "service", **subject})
    return Evidence(id="E1", kind=kind, subject=about, statement="s", effect=effect, share=share, query="q")


def metric(effect: float, service: str, name: str, peer: str = "", share: float | None = None) -> Evidence:
    """Return a shifted metric."""
    subject = Subject(kind="metric", service=service, peer=peer, name=name)
    return Evidence(
        id="E1", kind=EvidenceKind.METRIC_SHIFT, subject=subject, statement="s", effect=effect, share=share, query="q"
    )


def at(second: float) -> dt.datetime | None:
    """Return seconds after the tests' time begins as an onset."""
    return onset_of(ns(second))


def series(values: Sequence[float], ref: str = "points", first: float = 0.0, step: float = 10.0) -> Sample:
    """Return a series with a point every `step` seconds."""
    times = tuple(ns(first + step * number) for number in range(len(values)))
    return Sample(kind="series", ref=ref, times=times, values=tuple(values))


def edge(caller: str, peer: str, operation: str, before: float, after: float) -> Evidence:
    """Return calls that take longer, in ms."""
    item = found(EvidenceKind.LATENCY_EDGE, after / before, 1.0, service=caller, peer=peer, operation=operation)
    return item.model_copy(update={"baseline": before, "incident": after, "onset": at(60)})


def scene(component: str, features: Features, *evidence: Evidence, traced: str = "gateway shop admin") -> Scene:
    """Return a component of `GRAPH` before all evidence; `traced` are those that send spans."""
    everything = list(evidence)
    return Scene(
        component=component,
        features=features,
        own=about(component, everything),
        everything=everything,
        neighbours=Neighbours(GRAPH),
        traced=frozenset(traced.split()),
        measured=True,
    )
