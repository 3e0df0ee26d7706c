"""Sets whose cases are incident folders: SET/cases/ID, SET/baseline/NAME, SET/graph/SYSTEM.json; recordings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from evals.rca.case import Case, ViewOptions, link_signals, write_incident
from tools.errors import WhydownError
from tools.incident import open_folder, read_incident_file


@dataclass(frozen=True, slots=True)
class FolderCase(Case):
    """A case that is an incident folder; `graph` is a topology file of its system, if there is one."""

    folder: Path
    graph: Path | None = None

    def view(self, options: ViewOptions, target: Path) -> Path:
        """Link what may be seen, see `Case.view`."""
        source = open_folder(self.folder, baseline=not options.own_baseline)
        target.mkdir(parents=True)
        link_signals(source.path, target, options)
        if source.baseline_path is not None:
            (target / "baseline").mkdir()
            link_signals(source.baseline_path, target / "baseline", options)
        graph = source.topology or self.graph
        if graph is not None and options.graph:
            (target / "topology.json").symlink_to(graph.resolve())
        if source.changes is not None:
            (target / "changes.json").symlink_to(source.changes.resolve())
        write_incident(source.file.model_copy(update={"baseline": "baseline" if source.baseline_path else ""}), target)
        return target


def read_folder_set(folder: Path) -> Iterator[FolderCase]:
    """Yield the cases of a set, by id."""
    for path in sorted((folder / "cases").iterdir()):
        if path.is_dir():
            system = _system_of(path)
            graph = folder / "graph" / f"{system}.json"
            yield FolderCase(path.name, folder.name, system, path, graph if graph.is_file() else None)


def holds_recordings(root: Path) -> bool:
    """Tell whether a folder holds incident folders itself."""
    return any(root.glob("*/incident.json"))


def read_recordings(root: Path) -> Iterator[FolderCase]:
    """Yield the incident folders in a folder as cases, by name; the folder's name is that of the set."""
    for file in sorted(root.glob("*/incident.json")):
        yield FolderCase(file.parent.name, root.resolve().name, _system_of(file.parent), file.parent)


def _system_of(path: Path) -> str:
    """Return the system a case names; an unreadable case is still a case, and fails when it is run."""
    try:
        return read_incident_file(path).system
    except WhydownError:
        return ""
