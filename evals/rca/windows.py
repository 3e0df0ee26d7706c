"""Windows in which nothing is wrong, as cases: how an investigator gets to see them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from evals.rca.case import Case, ViewOptions, Window, link_signals, write_incident
from evals.rca.nodes import convert_points, write_graph
from tools.errors import FolderError
from tools.incident import IncidentFile
from tools.incident.folder import SIGNALS

Span = tuple[float, float]
"""Start and end in Unix seconds."""


@dataclass(frozen=True, slots=True)
class _Healthy(Case):
    """A window in which nothing is wrong, Unix seconds."""

    span: Span

    @property
    def window(self) -> Window:
        """Nothing is wrong in it."""
        return "healthy"

    def incident(self, service: str = "", metric: str = "") -> IncidentFile:
        """Return what a responder would be told."""
        return IncidentFile(
            case_id=self.id,
            system=self.system,
            description=f"Is anything wrong with {self.system or 'the system'}?",
            service=service,
            metric=metric,
            fault_window_unix=self.span,
            baseline="baseline",
        )


@dataclass(frozen=True, slots=True)
class BaselineWindow(_Healthy):
    """A window of a baseline folder; only signals with data in it are seen."""

    folder: Path
    signals: frozenset[str]
    graph: Path | None

    def view(self, options: ViewOptions, target: Path) -> Path:
        """Link the baseline folder as incident and as baseline; rows in the window count as incident only."""
        unseen = ViewOptions(options.drop | (frozenset(SIGNALS) - self.signals))
        (target / "baseline").mkdir(parents=True)
        link_signals(self.folder, target, unseen)
        link_signals(self.folder, target / "baseline", unseen)
        if self.graph is not None and options.graph:
            (target / "topology.json").symlink_to(self.graph.resolve())
        write_incident(self.incident(), target)
        return target


@dataclass(frozen=True, slots=True)
class NodeWindow(_Healthy):
    """A window of a scenario's normal node metrics."""

    scenario: Path
    service: str
    metric: str

    def view(self, options: ViewOptions, target: Path) -> Path:
        """Write the normal metrics as incident and as baseline."""
        (target / "baseline").mkdir(parents=True)
        if not options.keeps("metrics"):
            raise FolderError(f"nothing to investigate in {self.scenario}", "there are only metrics in this layout")
        convert_points(self.scenario / "normal.parquet", target / "metrics.parquet")
        (target / "baseline" / "metrics.parquet").symlink_to(target / "metrics.parquet")
        if options.graph:
            write_graph(self.scenario / "graph.csv", target / "topology.json")
        write_incident(self.incident(self.service, self.metric), target)
        return target
