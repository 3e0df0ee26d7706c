"""A fault: how the running system is really harmed and healed, and the answer kept apart from telemetry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from evals.testbed.system.testbed import DemoSystem
from tools.faults import FaultKind


class Step(Protocol):
    """One interference with the system. `severity` is the fault's knob."""

    def apply(self, testbed: DemoSystem, severity: float) -> None:
        """Do the harm."""
        ...

    def undo(self, testbed: DemoSystem) -> None:
        """Undo it."""
        ...


@dataclass(frozen=True, slots=True)
class Knob:
    """How strong a fault is: the value used unless another is given, and what it means."""

    default: float
    meaning: str


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to break the system, with its answer.

    `chain` runs from the cause to what customers call. `kind` is None for a look-alike: something happens
    that is no fault. `accept` names components that are as right an answer. `complaint` is what a customer
    would report where neither latency nor errors show it.
    """

    name: str
    cause: str
    kind: FaultKind | None
    component: str
    operation: str
    chain: tuple[str, ...]
    knob: Knob
    steps: tuple[Step, ...]
    accept: tuple[str, ...] = ()
    also: tuple[Fault, ...] = ()
    """Further faults at work at the same time."""
    complaint: str = ""
    explained_as: FaultKind | None = None
    """For a look-alike: the kind that may rightly be named instead of calling it healthy."""

    def inject(self, testbed: DemoSystem, severity: float | None = None) -> None:
        """Harm the running system."""
        strength = self.knob.default if severity is None else severity
        for step in self.steps:
            step.apply(testbed, strength)

    def heal(self, testbed: DemoSystem) -> None:
        """Undo the harm, last step first."""
        for step in reversed(self.steps):
            step.undo(testbed)


@dataclass(frozen=True, slots=True)
class Also:
    """Another fault as a step of this one, at its own usual strength."""

    fault: Fault

    def apply(self, testbed: DemoSystem, severity: float) -> None:
        """Inject it."""
        self.fault.inject(testbed)

    def undo(self, testbed: DemoSystem) -> None:
        """Heal it."""
        self.fault.heal(testbed)
