"""The interferences faults are made of."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from evals.testbed.shop.runtime.hotfix import Edit
from evals.testbed.system.mesh import FAIR, Weather
from evals.testbed.system.testbed import DemoSystem
from tools.clock import now
from tools.store.changes import Change

Of = Callable[[float], str]


@dataclass(frozen=True, slots=True)
class Code:
    """Edit a function in running processes. `{severity}` in the new code is filled in.

    `instances` picks some of the service's instances by number, counted from 1; empty means all.
    """

    function: Callable[..., Any]
    old: str
    new: str
    instances: tuple[int, ...] = ()

    def edit(self, severity: float) -> Edit:
        """Return the edit at a severity."""
        module = inspect.getmodule(self.function)
        if not isinstance(module, ModuleType):
            raise TypeError(f"{self.function} is in no module")
        new = self.new.replace("{severity}", f"{severity:g}")
        return Edit(module=module.__name__, function=self.function.__qualname__, old=self.old, new=new)

    def apply(self, testbed: DemoSystem, severity: float) -> None:
        """Swap the code in every chosen process."""
        for instance in self._instances(testbed):
            testbed.edit_code(instance, self.edit(severity))

    def undo(self, testbed: DemoSystem) -> None:
        """Restore the code."""
        for instance in self._instances(testbed):
            testbed.restore_code(instance, self.function.__qualname__)

    def _instances(self, testbed: DemoSystem) -> list[str]:
        service = self.function.__module__.rpartition(".")[2]
        found = testbed.plan.instances_of(service)
        return [one.instance for number, one in enumerate(found, 1) if not self.instances or number in self.instances]


@dataclass(frozen=True, slots=True)
class Configure:
    """Roll out settings of a service; the pipeline notes who did it, as `kind` (config or flag).

    `values` gives the settings at a severity.
    """

    service: str
    values: Callable[[float], dict[str, object]]
    summary: str
    author: str = "release-bot"
    kind: str = "config"
    noted: bool = True

    def apply(self, testbed: DemoSystem, severity: float) -> None:
        """Roll out."""
        values = self.values(severity)
        revision = testbed.configure(self.service, **values)
        if self.noted:
            self._note(testbed, revision, self.summary.format(**values))

    def undo(self, testbed: DemoSystem) -> None:
        """Roll back to the defaults."""
        revision = testbed.configure(self.service, **dict.fromkeys(self.values(1.0)))
        if self.noted:
            self._note(testbed, revision, f"roll back revision {revision - 1}")

    def _note(self, testbed: DemoSystem, revision: int, summary: str) -> None:
        reference = f"{self.service}-config@{revision}"
        testbed.note_change(
            Change(
                time_unix=round(now().timestamp(), 3),
                kind=self.kind,
                service=self.service,
                author=self.author,
                reference=reference,
                summary=summary,
            )
        )


@dataclass(frozen=True, slots=True)
class Network:
    """Spoil the path between two services."""

    caller: str
    callee: str
    weather: Callable[[float], Weather]

    def apply(self, testbed: DemoSystem, severity: float) -> None:
        """Let it rain."""
        testbed.set_weather(self.caller, self.callee, self.weather(severity))

    def undo(self, testbed: DemoSystem) -> None:
        """Let it clear up."""
        testbed.set_weather(self.caller, self.callee, FAIR)


@dataclass(frozen=True, slots=True)
class Sql:
    """Do something to the database as its administrator."""

    harm: Callable[[float], str]
    repair: str

    def apply(self, testbed: DemoSystem, severity: float) -> None:
        """Run the harmful statements."""
        testbed.sql(self.harm(severity))

    def undo(self, testbed: DemoSystem) -> None:
        """Run the repair."""
        testbed.sql(self.repair)


@dataclass(frozen=True, slots=True)
class Order:
    """Give the keeper orders: to do harm and to repair it; each is the order's name and its details."""

    harm: dict[str, Any]
    repair: dict[str, Any] = field(default_factory=dict)

    def apply(self, testbed: DemoSystem, severity: float) -> None:
        """Give the harmful order."""
        testbed.order(**self.harm)

    def undo(self, testbed: DemoSystem) -> None:
        """Give the repairing order."""
        if self.repair:
            testbed.order(**self.repair)
