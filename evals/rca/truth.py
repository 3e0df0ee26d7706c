"""The answers. Opened only after every report is written."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from evals.rca.cases import TRUTH, Case
from tools.errors import FolderError, FormatError
from tools.faults import FaultKind

FAULT_TYPES = {
    "cpu_contention": FaultKind.CPU_SATURATION,
    "cpu_consumed": FaultKind.CPU_SATURATION,
    "return": FaultKind.EARLY_RETURN,
}
"""Fault types of public data sets that are not spelled like our fault kinds."""


class _TruthFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    root_cause_service: str
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


def read_truth(root: Path, case: Case) -> Truth:
    """Read the answer to a case.

    Raises:
        FolderError: there is none.
        FormatError: it cannot be read.
    """
    path = root / TRUTH / case.set / f"{case.id}.json"
    if not path.is_file():
        raise FolderError(f"no ground truth for {case.id}", f"expected at {path}")
    try:
        file = _TruthFile.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except (json.JSONDecodeError, UnicodeDecodeError, ValidationError) as error:
        raise FormatError(f"{path} is not a ground truth", str(error).splitlines()[0]) from error
    return Truth(file.root_cause_service, file.fault_type, kind_of(file.fault_type))


def kind_of(fault_type: str) -> FaultKind | None:
    """Return the fault kind that a data set's fault type means, None when that is not known."""
    known = {kind.value: kind for kind in FaultKind if kind is not FaultKind.UNKNOWN}
    return known.get(fault_type) or FAULT_TYPES.get(fault_type)
