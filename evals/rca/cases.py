"""Cases: where the telemetry of one incident with a known cause lies. The answer is not in here.

A data folder holds sets; a set holds `cases/<id>/`, `baseline/<name>/` and `graph/<system>.json`; the
answers stand apart in `ground_truth/<set>/<id>.json`, see `evals.rca.truth`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from tools.errors import FolderError, WhydownError
from tools.incident import read_incident_file

TRUTH = "ground_truth"


@dataclass(frozen=True, slots=True)
class Case:
    """One incident to investigate. `graph` is a topology file of its system, if there is one."""

    id: str
    set: str
    system: str
    folder: Path
    graph: Path | None = None


def list_sets(root: Path) -> list[str]:
    """Return the names of the sets in a data folder, sorted.

    Raises:
        FolderError: there is none.
    """
    names = sorted(path.parent.name for path in root.glob("*/cases") if path.is_dir())
    if not names:
        raise FolderError(f"no set of cases in {root}", "give a folder that holds SET/cases/ID/incident.json")
    return names


def read_cases(root: Path, sets: Collection[str] = (), only: Collection[str] = ()) -> Iterator[Case]:
    """Yield the cases of a data folder, by set and id.

    Args:
        root: the data folder.
        sets: names of sets; empty means all.
        only: ids of cases; empty means all.

    Raises:
        FolderError: a named set or case does not exist.
    """
    known = list_sets(root)
    if missing := sorted(set(sets) - set(known)):
        raise FolderError(f"no set {missing[0]!r} in {root}", "known: " + ", ".join(known))
    found = [case for name in known if not sets or name in sets for case in _cases_of(root / name)]
    if missing := sorted(set(only) - {case.id for case in found}):
        raise FolderError(f"no case {missing[0]!r} in {root}", f"there are {len(found)} others")
    yield from (case for case in found if not only or case.id in only)


def _cases_of(folder: Path) -> Iterator[Case]:
    for path in sorted((folder / "cases").iterdir()):
        if not path.is_dir():
            continue
        system = _system_of(path)
        graph = folder / "graph" / f"{system}.json"
        yield Case(path.name, folder.name, system, path, graph if graph.is_file() else None)


def _system_of(path: Path) -> str:
    """Return the system a case names; an unreadable case is still a case, and fails when it is run."""
    try:
        return read_incident_file(path).system
    except WhydownError:
        return ""
