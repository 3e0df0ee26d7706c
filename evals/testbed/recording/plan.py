"""What to record, and what happened when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evals.testbed.faults.catalogue import HEALTHY, find_fault
from evals.testbed.faults.fault import Fault
from evals.testbed.load.generator import Experience
from tools.window import TimeWindow

SYSTEM = "shop"


@dataclass(frozen=True, slots=True)
class RecordingPlan:
    """What to record. `fault` is a name from the catalogue or `healthy`; seconds of the two stretches.

    `baseline` is what incident.json says of a baseline folder.
    """

    fault: str
    into: Path
    answer: Path
    seed: int = 1
    normal_seconds: float = 100.0
    fault_seconds: float = 80.0
    severity: float | None = None
    case_id: str = ""
    baseline: str = ""

    def find_fault(self) -> Fault | None:
        """Return the fault; None when nothing is to be injected.

        Raises:
            InputError: there is no such fault.
        """
        return None if self.fault == HEALTHY else find_fault(self.fault)


@dataclass(frozen=True, slots=True)
class Course:
    """What happened when, Unix seconds; `changes` and `seen` lie between begin and end.

    `before` is what customers experienced on the same system in other, normal stretches.
    """

    begin: float
    onset: float
    end: float
    changes: Sequence[dict[str, Any]] = ()
    seen: Sequence[Experience] = ()
    before: Sequence[Experience] = field(default=())

    @property
    def window(self) -> TimeWindow:
        """Return all of it."""
        return TimeWindow.from_seconds(self.begin, self.end)
