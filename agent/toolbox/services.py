"""The tools `services` and `topology`: who is there, how they fare, who calls whom."""

from __future__ import annotations

import shlex
from collections import defaultdict

from agent.toolbox.bench import Bench
from agent.toolbox.numbers import fact, facts_line, share
from agent.toolbox.tool import Arguments, Found, Line, Tool
from tools.evidence import Fact, Quantity, Subject
from tools.paths import reach_of
from tools.sources.rows import OperationStats, Two
from tools.store.command import show_command


class NoArguments(Arguments):
    """None."""


class OneService(Arguments):
    """A service, or all."""

    service: str = ""


def overview(bench: Bench, arguments: NoArguments) -> Found:
    """Return every service with its share of failing spans and the operation that changed most."""
    traces = bench.telemetry.traces
    by_service: dict[str, list[OperationStats]] = defaultdict(list)
    for stats in traces.operations(bench.scope) if traces is not None else ():
        by_service[stats.service].append(stats)
    ordered = sorted(by_service, key=lambda name: -max(abs(stats.excess) for stats in by_service[name]))
    lines = [_service_line(name, by_service[name]) for name in ordered]
    silent = [name for name in bench.services() if name not in by_service]
    if silent:
        lines.append(Line(text="without spans: " + ", ".join(silent)))
    query = show_command(bench.folder, "traces", "operations", bench.scope, Subject(kind="system"))
    return Found(title="services, most changed first", subject=Subject(kind="system"), lines=tuple(lines), query=query)


def _service_line(name: str, operations: list[OperationStats]) -> Line:
    worst = max(operations, key=lambda stats: abs(stats.excess))
    subject = Subject(kind="operation", service=name, operation=worst.operation)
    failed = Two(*(sum(getattr(o.errors, w) for o in operations) for w in ("baseline", "incident")))
    spans = Two(*(sum(getattr(o.total, w).n for o in operations) for w in ("baseline", "incident")))
    facts: list[Fact] = [
        fact(Quantity.ERRORS, Subject(kind="service", service=name), share(failed, spans), "%"),
        fact(Quantity.SELF_TIME, subject, Two(worst.own.baseline.p90, worst.own.incident.p90), "ns", "p90"),
    ]
    return facts_line(facts)


def topology(bench: Bench, arguments: OneService) -> Found:
    """Return calls between services; of one service everyone above and below it."""
    if arguments.service:
        return _reach(bench, bench.service(arguments.service))
    calls = sorted(bench.graph, key=lambda call: (-call.calls, call.caller, call.callee))
    lines = [Line(text=f"{c.caller} → {c.callee} ({c.calls} calls)") for c in calls if c.caller != c.callee]
    subject = Subject(kind="system")
    return Found(title="who calls whom", subject=subject, lines=tuple(lines), query=_topology_query(bench, ""))


def _reach(bench: Bench, service: str) -> Found:
    reach = reach_of(service, bench.graph)
    lines = []
    for side, distances in (("called by (may be hurt by it)", reach.above), ("calls (may hurt it)", reach.below)):
        ordered = sorted(distances.items(), key=lambda item: (item[1], item[0]))
        named = ", ".join(f"{name} at {distance}" for name, distance in ordered)
        lines.append(Line(text=f"{service} {side}, with the distance in calls: {named or 'nobody'}"))
    subject = Subject(kind="service", service=service)
    title = f"blast radius of {service}"
    return Found(title=title, subject=subject, lines=tuple(lines), query=_topology_query(bench, service))


def _topology_query(bench: Bench, service: str) -> str:
    words = ["whydown", "show", str(bench.folder), "topology", *(["--service", service] if service else [])]
    return shlex.join(words)


TOOLS = (
    Tool(
        "services",
        "Every service: failing spans, and its most changed operation.",
        NoArguments,
        overview,
        lambda bench: bench.telemetry.traces is not None,
    ),
    Tool(
        "topology",
        "Who calls whom; of one service everyone above and below it.",
        OneService,
        topology,
        lambda bench: bool(bench.graph),
    ),
)
