"""Find and read the files of an incident folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from tools.errors import FolderError
from tools.incident.json_file import read_json
from tools.incident.schema import IncidentFile

SIGNALS = ("traces", "logs", "metrics")
_PARENTS_SEARCHED = 3
"""How far up a relative baseline path is looked for: case, cases, set."""


@dataclass(frozen=True, slots=True)
class IncidentFolder:
    """Paths of one incident folder. A signal has one file, or parts in a folder of its name, or both."""

    path: Path
    file: IncidentFile
    signals: dict[str, list[Path]]
    baseline: dict[str, list[Path]]
    baseline_path: Path | None
    changes: Path | None
    topology: Path | None


def open_folder(path: Path, *, baseline: bool = True) -> IncidentFolder:
    """Locate what an incident folder holds; nothing but incident.json is read yet.

    Args:
        path: the folder.
        baseline: False leaves the baseline folder aside, so only the folder's own normal window counts.

    Raises:
        FolderError: the folder is missing, closed to us or holds no telemetry.
        FormatError: incident.json is not valid.
    """
    try:
        return _locate(path, baseline)
    except OSError as error:
        raise FolderError(f"{error.filename or path} cannot be read", f"{error.strerror}") from error


def _locate(path: Path, with_baseline: bool) -> IncidentFolder:
    if not path.is_dir():
        raise FolderError(f"no incident folder at {path}", "give a folder with traces, logs or metrics Parquet files")
    signals = _signals(path)
    if not signals:
        raise FolderError(
            f"nothing to investigate in {path}",
            "put traces.parquet, logs.parquet or metrics.parquet there, or run `whydown import otlp`",
        )
    file = read_incident_file(path)
    base = find_baseline(path, file.baseline) if with_baseline else None
    return IncidentFolder(
        path=path,
        file=file,
        signals=signals,
        baseline=_signals(base) if base else {},
        baseline_path=base,
        changes=_existing(path / "changes.json"),
        topology=_existing(path / "topology.json"),
    )


def read_incident_file(path: Path) -> IncidentFile:
    """Read incident.json of a folder; an absent one gives the empty default.

    Raises:
        FormatError: it is not JSON, or a field has the wrong type.
    """
    source = path / "incident.json"
    if not source.exists():
        return IncidentFile()
    return read_json(source, TypeAdapter(IncidentFile), "a valid incident")


def find_baseline(path: Path, relative: str) -> Path | None:
    """Find a baseline folder, relative to the incident folder or to one of its parents.

    Returns:
        The folder. When none is named, the folder `baseline` inside the incident folder, or None.

    Raises:
        FolderError: a baseline is named but not there.
    """
    if not relative:
        default = path / "baseline"
        return default if _signals(default) else None
    here = path.resolve()
    for parent in [here, *list(here.parents)[:_PARENTS_SEARCHED]]:
        if (parent / relative).is_dir():
            return parent / relative
    raise FolderError(
        f"the baseline folder {relative!r} named in {path / 'incident.json'} is missing",
        "name one relative to the incident folder or a parent of it",
    )


def _signals(path: Path) -> dict[str, list[Path]]:
    found = {name: _parts(path, name) for name in SIGNALS}
    return {name: parts for name, parts in found.items() if parts}


def _parts(path: Path, name: str) -> list[Path]:
    single = path / f"{name}.parquet"
    parts = sorted((path / name).rglob("*.parquet")) if (path / name).is_dir() else []
    return ([single] if single.is_file() else []) + parts


def _existing(path: Path) -> Path | None:
    return path if path.exists() else None
