"""Steps that interfere with processes, what they may use, and what runs beside them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evals.testbed.system.testbed import DemoSystem


@dataclass(frozen=True, slots=True)
class Order:
    """Give the keeper orders: to do harm, at a severity, and to repair it; each is its name and its details."""

    harm: Callable[[float], dict[str, Any]]
    repair: dict[str, Any] = field(default_factory=dict)

    def apply(self, testbed: DemoSystem, severity: float) -> None:
        """Give the harmful order."""
        testbed.order(**self.harm(severity))

    def undo(self, testbed: DemoSystem) -> None:
        """Give the repairing order."""
        if self.repair:
            testbed.order(**self.repair)


@dataclass(frozen=True, slots=True)
class Limit:
    """Limit what the instances of a service may use, by control groups."""

    service: str
    limits: Callable[[float], dict[str, float]]

    def apply(self, testbed: DemoSystem, severity: float) -> None:
        """Limit every instance."""
        for instance in testbed.plan.instances_of(self.service):
            testbed.order("limit", name=instance.instance, **self.limits(severity))

    def undo(self, testbed: DemoSystem) -> None:
        """Take the limits away."""
        for instance in testbed.plan.instances_of(self.service):
            testbed.order("limit", name=instance.instance)


@dataclass(frozen=True, slots=True)
class Restart:
    """Restart the instances of a service once its fault is healed, to be rid of what it left in memory."""

    service: str

    def apply(self, testbed: DemoSystem, severity: float) -> None:
        """Do nothing: the fault itself does not restart anything."""

    def undo(self, testbed: DemoSystem) -> None:
        """Restart every instance."""
        for instance in testbed.plan.instances_of(self.service):
            testbed.order("start", name=instance.instance)


@dataclass(frozen=True, slots=True)
class Job:
    """Run a job beside the shop: a function of `system.jobs` and its arguments at a severity."""

    function: Callable[..., None]
    arguments: Callable[[DemoSystem, float], dict[str, Any]]

    def apply(self, testbed: DemoSystem, severity: float) -> None:
        """Start it."""
        target = f"{self.function.__module__}:{self.function.__name__}"
        testbed.order("spawn", name=self._name(), target=target, argument=self.arguments(testbed, severity))

    def undo(self, testbed: DemoSystem) -> None:
        """End it."""
        testbed.order("stop", name=self._name())

    def _name(self) -> str:
        return self.function.__name__.replace("_", "-")


@dataclass(frozen=True, slots=True)
class DiskFull:
    """Let every write to one file of a service fail with ENOSPC: the file becomes a link to /dev/full."""

    service: str
    file: str

    def apply(self, testbed: DemoSystem, severity: float) -> None:
        """Put the link in the file's place."""
        for path in self._files(testbed):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.unlink(missing_ok=True)
            path.symlink_to("/dev/full")

    def undo(self, testbed: DemoSystem) -> None:
        """Remove the link; the service makes the file anew."""
        for path in self._files(testbed):
            path.unlink(missing_ok=True)

    def _files(self, testbed: DemoSystem) -> list[Path]:
        return [one.data_folder() / self.file for one in testbed.plan.instances_of(self.service)]


@dataclass(frozen=True, slots=True)
class Clock:
    """Set the clock of one instance's host ahead, by `severity` seconds."""

    instance: str

    def apply(self, testbed: DemoSystem, severity: float) -> None:
        """Set the clock."""
        testbed.set_clock(self.instance, severity)

    def undo(self, testbed: DemoSystem) -> None:
        """Set the clock right."""
        testbed.set_clock(self.instance, 0.0)
