"""The answers. Opened only after every report is written."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from tools.errors import FormatError
from tools.faults import FaultKind

TRUTH, ANSWERS = "ground_truth", "answers"
HEALTHY = "healthy"
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

    verdict: str = ""
    root_cause_service: str = ""
    root_cause: _Node | None = None
    accept: tuple[str, ...] = ()
    fault_type: str | None = None
    also: tuple[_TruthFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Truth:
    """The cause of a case; no component means that nothing was wrong.

    `kind` is None when the fault type has no counterpart among fault kinds. `accept` are components that
    are as right an answer; `also` are further causes at work at the same time, each as right.
    """

    component: str
    fault_type: str = ""
    kind: FaultKind | None = None
    accept: tuple[str, ...] = ()
    also: tuple[Truth, ...] = ()

    def rank(self, ranked: Sequence[str]) -> int | None:
        """Return the place of the first right component in an answer, None when there is none."""
        right = {name for truth in (self, *self.also) for name in (truth.component, *truth.accept)}
        return next((place for place, name in enumerate(ranked, 1) if name in right), None)

    def about(self, component: str) -> Truth:
        """Return that of several causes which a component names, the main one when it names none."""
        return next((t for t in (self, *self.also) if component in (t.component, *t.accept)), self)

    @property
    def family(self) -> str:
        """Return the fault family; empty when it is not known."""
        family = self.kind.family if self.kind else None
        return family.value if family else ""


def read_truths(root: Path, set_name: str) -> dict[str, Truth]:
    """Read all answers of a set, by case id, from ground_truth/SET or, beside recordings, from answers.

    Raises:
        FormatError: one of them cannot be read.
    """
    folder = root / TRUTH / set_name
    if not folder.is_dir():
        folder = root / ANSWERS
    return {path.stem: read_truth(path) for path in sorted(folder.glob("*.json"))}


def read_truth(path: Path) -> Truth:
    """Read one answer: `root_cause_service` and `fault_type`, or `root_cause` with a `node`.

    A `verdict` of healthy needs neither: nothing was wrong, whatever it looked like.

    Raises:
        FormatError: it cannot be read or names no cause.
    """
    try:
        file = _TruthFile.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, json.JSONDecodeError, UnicodeDecodeError, ValidationError) as error:
        raise FormatError(f"{path} is not a ground truth", str(error).splitlines()[0]) from error
    truth = _truth(file)
    if not truth.component and file.verdict != HEALTHY:
        raise FormatError(f"{path} is not a ground truth", "it names neither root_cause_service nor root_cause.node")
    return truth


def _truth(file: _TruthFile) -> Truth:
    if file.verdict == HEALTHY:
        return Truth("")
    component = file.root_cause_service or (file.root_cause.node if file.root_cause else "")
    fault_type = file.fault_type or ""
    return Truth(component, fault_type, kind_of(fault_type), file.accept, tuple(map(_truth, file.also)))


def kind_of(fault_type: str) -> FaultKind | None:
    """Return the fault kind that a data set's fault type means, None when that is not known."""
    known = {kind.value: kind for kind in FaultKind if kind is not FaultKind.UNKNOWN}
    return known.get(fault_type) or FAULT_TYPES.get(fault_type)
