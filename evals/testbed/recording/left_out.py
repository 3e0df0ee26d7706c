"""Faults that could not be recorded, named in `left-out.json` of the data folder, apart from the cases."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter

FILE = "left-out.json"


class LeftOut(BaseModel):
    """A fault without a recording, and why."""

    model_config = ConfigDict(frozen=True)

    fault: str
    reason: str


_ALL = TypeAdapter(dict[str, LeftOut])


def read_left_out(root: Path) -> dict[str, LeftOut]:
    """Return what is missing in a data folder, by case id."""
    path = root / FILE
    return _ALL.validate_json(path.read_bytes()) if path.exists() else {}


def leave_out(root: Path, case_id: str, fault: str, reason: str) -> None:
    """Write down that a case is missing."""
    _write(root, {**read_left_out(root), case_id: LeftOut(fault=fault, reason=reason)})


def forget(root: Path, case_id: str) -> None:
    """Take a case off the list: it has been recorded after all."""
    known = read_left_out(root)
    if known.pop(case_id, None) is not None:
        _write(root, known)


def _write(root: Path, known: dict[str, LeftOut]) -> None:
    (root / FILE).write_bytes(_ALL.dump_json(known, indent=1) + b"\n")
