"""The answers. Opened only after every report is written."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from tools.errors import FormatError
from tools.faults import FaultKind

TRUTH = "ground_truth"
FAULT_TYPES = {
    "cpu_contention": FaultKind.CPU_SATURATION,
    "cpu_consumed": FaultKind.CPU_SATURATION,
    "return": FaultKind.EARLY_RETURN,
}
"""Fault types of public data sets that are not spelled like our fault kinds."""


class _Node(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    node: str


class _TruthFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    root_cause_service: str = ""
    root_cause: _Node | None = None
    fault_type: str = ""


@dataclass(frozen=True, slots=True)
class Truth:
    """The cause of a case. `kind` is None when the fault type has no counterpart among fault kinds."""

    component: str
    fault_type: str = ""
    kind: FaultKind | None = None

    @property
    def family(self) -> str:
        """Return the fault family; empty when it is not known."""
        family = self.kind.family if self.kind else None
        return family.value if family else ""


def read_truths(root: Path, set_name: str) -> dict[str, Truth]:
    """Read all answers of a set, by case id.

    Raises:
        FormatError: one of them cannot be read.
    """
    return {path.stem: read_truth(path) for path in sorted((root / TRUTH / set_name).glob("*.json"))}


def read_truth(path: Path) -> Truth:
    """Read one answer: `root_cause_service` and `fault_type`, or `root_cause` with a `node`.

    Raises:
        FormatError: it cannot be read or names no cause.
    """
    try:
        file = _TruthFile.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, json.JSONDecodeError, UnicodeDecodeError, ValidationError) as error:
        raise FormatError(f"{path} is not a ground truth", str(error).splitlines()[0]) from error
    component = file.root_cause_service or (file.root_cause.node if file.root_cause else "")
    if not component:
        raise FormatError(f"{path} is not a ground truth", "it names neither root_cause_service nor root_cause.node")
    return Truth(component, file.fault_type, kind_of(file.fault_type))


def kind_of(fault_type: str) -> FaultKind | None:
    """Return the fault kind that a data set's fault type means, None when that is not known."""
    known = {kind.value: kind for kind in FaultKind if kind is not FaultKind.UNKNOWN}
    return known.get(fault_type) or FAULT_TYPES.get(fault_type)
