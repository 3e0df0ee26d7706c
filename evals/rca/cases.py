"""Iterate over cases. The answers are not in here, see `evals.rca.truth`.

A data folder holds sets, and beside them the answers in `ground_truth/SET/ID.json`. A set is in one of
two layouts, told apart by what is in it: incident folders (`evals.rca.folders`) or node metrics
(`evals.rca.nodes`). Or the data folder holds recordings themselves, and their answers in `answers/ID.json`;
then it is the only set, and goes by its own name.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from evals.rca.case import Case
from evals.rca.folders import holds_recordings, read_folder_set, read_recordings
from evals.rca.nodes import read_node_set
from tools.errors import FolderError


def list_sets(root: Path) -> list[str]:
    """Return the names of the sets in a data folder, sorted.

    Raises:
        FolderError: there is none.
    """
    whole = {path.parent.name for path in root.glob("*/cases") if path.is_dir()}
    by_scenario = {path.parent.parent.name for path in root.glob("*/*/cases") if path.is_dir()}
    recordings = {root.resolve().name} if holds_recordings(root) else set()
    if not whole | by_scenario | recordings:
        raise FolderError(f"no set of cases in {root}", "give a folder that holds SET/cases/ID/incident.json")
    return sorted(whole | by_scenario | recordings)


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
    found = [case for name in known if not sets or name in sets for case in read_set(root, name)]
    if missing := sorted(set(only) - {case.id for case in found}):
        raise FolderError(f"no case {missing[0]!r} in {root}", f"there are {len(found)} others")
    yield from (case for case in found if not only or case.id in only)


def read_set(root: Path, name: str) -> Iterator[Case]:
    """Yield the cases of one set, whatever its layout."""
    folder = root / name
    if (folder / "cases").is_dir():
        return read_folder_set(folder)
    return read_node_set(folder) if folder.is_dir() else read_recordings(root)
