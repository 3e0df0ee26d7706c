"""Open an incident folder as telemetry sources."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter

from tools.config import StoreSettings
from tools.incident import IncidentFolder
from tools.incident.json_file import read_json
from tools.sources import Telemetry
from tools.sources.rows import Call
from tools.store.changes import EmbeddedChanges
from tools.store.engine import Engine
from tools.store.logs import EmbeddedLogs
from tools.store.metrics import EmbeddedMetrics
from tools.store.relation import open_relation
from tools.store.traces import EmbeddedTraces


class GraphFile(BaseModel):
    """topology.json: edges as [caller, callee, calls]."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    edges: list[tuple[str, str, int]]


def open_telemetry(folder: IncidentFolder, settings: StoreSettings, drop: frozenset[str] = frozenset()) -> Telemetry:
    """Open the sources of an incident folder.

    Args:
        folder: what `open_folder` found.
        settings: memory, threads, sampling.
        drop: signals to leave aside: traces, logs, metrics, changes, topology.

    Raises:
        FormatError: a file cannot be read.
    """
    engine = Engine(settings.memory_limit, settings.threads)
    rows = {
        name: open_relation(engine, name, paths, folder.baseline.get(name, []))
        for name, paths in folder.signals.items()
        if name not in drop
    }
    here, traces, logs, metrics = folder.path, rows.get("traces"), rows.get("logs"), rows.get("metrics")
    return Telemetry(
        traces=EmbeddedTraces(engine, here, traces, settings.baseline_spans) if traces else None,
        logs=EmbeddedLogs(engine, here, logs, settings.baseline_lines, traces) if logs else None,
        metrics=EmbeddedMetrics(engine, here, metrics) if metrics else None,
        changes=EmbeddedChanges(here, folder.changes) if folder.changes and "changes" not in drop else None,
        graph=read_graph(folder.topology) if folder.topology and "topology" not in drop else (),
    )


def read_graph(file: Path) -> tuple[Call, ...]:
    """Read topology.json.

    Raises:
        FormatError: the file has another form.
    """
    graph = read_json(file, TypeAdapter(GraphFile), 'a topology such as {"edges": [[caller, callee, calls], …]}')
    return tuple(Call(caller, callee, calls) for caller, callee, calls in graph.edges)
