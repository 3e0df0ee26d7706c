"""The causal chain from a component to the symptom, and the three tests of each of its links.

A link from a cause to an affected component holds when (1) the topology has the call from the affected
to the cause, (2) the affected component's signal really deviates, (3) the cause is not later than its
effect. A link that fails stays visible, with the reason.
"""

from __future__ import annotations

import datetime as dt
from collections import deque
from collections.abc import Iterable, Mapping

from agent.schema import ChainLink
from tools.evidence import Evidence, EvidenceKind
from tools.sources.rows import Call

AFFECTED = frozenset(
    {
        EvidenceKind.LATENCY_TOTAL,
        EvidenceKind.LATENCY_SELF,
        EvidenceKind.LATENCY_EDGE,
        EvidenceKind.ERRORS_PROPAGATED,
        EvidenceKind.ERRORS_ORIGIN,
        EvidenceKind.CALLS_VANISHED,
        EvidenceKind.CALLS_CHANGED,
        EvidenceKind.METRIC_SHIFT,
    }
)
"""Kinds that show that a component is affected."""


def callers_of(graph: Iterable[Call]) -> dict[str, set[str]]:
    """Return callee → callers."""
    callers: dict[str, set[str]] = {}
    for call in graph:
        if call.caller != call.callee:
            callers.setdefault(call.callee, set()).add(call.caller)
    return callers


def path_to_symptom(component: str, callers: Mapping[str, set[str]], affected: Mapping[str, float]) -> list[str]:
    """Return components from the cause to an entry, by the most affected callers.

    Args:
        component: the suspected cause.
        callers: callee → callers.
        affected: component → how strongly it deviates.

    Returns:
        The shortest path to a component that nobody calls; among equally short ones the most affected.
        Only the component itself when nobody calls it or every path is a cycle.
    """
    queue = deque([[component]])
    seen = {component}
    while queue:
        path = queue.popleft()
        above = sorted(callers.get(path[-1], set()) - seen, key=lambda name: (-affected.get(name, 0.0), name))
        if not above and not callers.get(path[-1]):
            return path
        for caller in above:
            seen.add(caller)
            queue.append([*path, caller])
    return [component]


def causal_chain(component: str, graph: Iterable[Call], evidence: list[Evidence], slack_s: float) -> list[ChainLink]:
    """Return the chain from a component to the entry, each link tested.

    Args:
        component: the suspected cause.
        graph: the topology.
        evidence: all evidence.
        slack_s: seconds by which onsets may be off: the width of a time bucket.
    """
    strongest = _strongest(evidence)
    path = path_to_symptom(component, callers_of(graph), {name: abs(e.effect) for name, e in strongest.items()})
    first = strongest.get(component)
    links = [ChainLink(component=component, effect=_effect(first), evidence=(first.id,) if first else ())]
    cause = first
    for name in path[1:]:
        found = strongest.get(name)
        reason = link_failure(cause, found, slack_s)
        links.append(
            ChainLink(
                component=name,
                effect=_effect(found),
                evidence=(found.id,) if found else (),
                verified=not reason,
                reason=reason,
            )
        )
        cause = found or cause
    return links


def link_failure(cause: Evidence | None, effect: Evidence | None, slack_s: float) -> str:
    """Return why a link of an existing call fails, empty when it holds.

    Args:
        cause: strongest evidence on the cause.
        effect: strongest evidence on the affected component.
        slack_s: tolerance on onsets, seconds.
    """
    if effect is None:
        return "no deviation found here"
    if cause is None or cause.onset is None or effect.onset is None:
        return ""
    early = cause.onset - effect.onset
    if early > dt.timedelta(seconds=slack_s):
        return f"deviates {early.total_seconds():.0f} s before its supposed cause"
    return ""


def _strongest(evidence: list[Evidence]) -> dict[str, Evidence]:
    """Return the strongest sign of being affected per component; a slow edge counts for its caller too."""
    found: dict[str, Evidence] = {}
    for item in evidence:
        if item.kind not in AFFECTED:
            continue
        names = [item.subject.service]
        if item.kind is EvidenceKind.LATENCY_EDGE:
            names.append(item.subject.peer)
        for name in names:
            if name not in found or abs(item.effect) > abs(found[name].effect):
                found[name] = item
    return found


def _effect(item: Evidence | None) -> str:
    return item.statement if item else "no deviation found"
