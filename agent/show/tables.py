"""Every table that `whydown show` knows, by signal. The first of each is the one shown without `--table`."""

from __future__ import annotations

from agent.show import changes, logs, metrics, samples, segments, topology, traces
from agent.show.request import Builder

TABLES: dict[str, dict[str, Builder]] = {
    "traces": {
        "operations": traces.operations,
        "edges": traces.edges,
        "entries": traces.entries,
        "calls": traces.calls,
        "segments": segments.segments,
        "slowest": samples.slowest,
        "failed": samples.failed,
        "median": samples.median,
        "trace": samples.one_trace,
        "topology": topology.tree,
    },
    "logs": {"lines": logs.lines, "search": logs.search},
    "metrics": {"series": metrics.series},
    "topology": {"topology": topology.tree},
    "changes": {"changes": changes.changes},
}
