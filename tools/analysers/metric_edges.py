"""Who calls whom, as far as metrics of edges tell: the call graph where neither spans nor a file do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from tools.analysers.metric_classes import side_of
from tools.sources.rows import Call, MetricSeries


def edges_of(found: Iterable[MetricSeries]) -> list[Call]:
    """Return the calls that series with a peer are about, in order of caller and callee; each counts one.

    Who only measures as a client is the caller, as in OpenTelemetry's conventions. Who also has what its clients
    measured, as a service mesh reports of a destination, or tells no side, is the callee.
    """
    sides: dict[tuple[str, str], set[str]] = defaultdict(set)
    for series in found:
        if series.peer and series.peer != series.service:
            sides[series.service, series.peer].add(side_of(series.metric))
    pairs = {(one, peer) if known == {"client"} else (peer, one) for (one, peer), known in sides.items()}
    return [Call(caller, callee, 1) for caller, callee in sorted(pairs)]
