"""Views: what an investigator may see of a case, as an incident folder of links in a place of its own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from evals.rca.cases import Case
from tools.incident import open_folder, read_incident_file
from tools.incident.folder import SIGNALS


@dataclass(frozen=True, slots=True)
class ViewOptions:
    """What is left out of a case, as if it had never been recorded.

    `drop` names signals, for the incident and its baseline; without traces the call graph goes too,
    because it was made from them, unless `keep_graph`.
    """

    drop: frozenset[str] = frozenset()
    keep_graph: bool = False
    own_baseline: bool = False

    @property
    def graph(self) -> bool:
        """Tell whether the call graph stays."""
        return self.keep_graph or "traces" not in self.drop


def build_view(case: Case, options: ViewOptions, target: Path) -> Path:
    """Make the incident folder that an investigator gets, and return it.

    Args:
        case: where the telemetry is.
        options: what to leave out.
        target: a folder that does not exist yet.

    Raises:
        FolderError: the case is empty or its baseline is missing.
        FormatError: its incident.json is not valid.
    """
    source = open_folder(case.folder, baseline=not options.own_baseline)
    target.mkdir(parents=True)
    _link_signals(source.path, target, options)
    if source.baseline_path is not None:
        (target / "baseline").mkdir()
        _link_signals(source.baseline_path, target / "baseline", options)
    graph = source.topology or case.graph
    if graph is not None and options.graph:
        (target / "topology.json").symlink_to(graph.resolve())
    if source.changes is not None:
        (target / "changes.json").symlink_to(source.changes.resolve())
    file = read_incident_file(case.folder)
    seen = file.model_copy(update={"baseline": "baseline" if source.baseline_path else ""})
    (target / "incident.json").write_text(seen.model_dump_json(indent=1), encoding="utf-8")
    return target


def _link_signals(source: Path, target: Path, options: ViewOptions) -> None:
    for signal in SIGNALS:
        for name in (f"{signal}.parquet", signal):
            if signal not in options.drop and (source / name).exists():
                (target / name).symlink_to((source / name).resolve())
