"""Steps that change code: an edit of a running process, or a deployment of a version."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from evals.testbed.shop.runtime.hotfix import Edit
from evals.testbed.system.testbed import DemoSystem
from tools.clock import now
from tools.store.changes import Change


@dataclass(frozen=True, slots=True)
class Code:
    """Edit a function in running processes. `{severity}` in the new code is filled in.

    `instances` picks some of the service's instances by number, counted from 1; empty means all.
    """

    function: Callable[..., Any]
    old: str
    new: str
    instances: tuple[int, ...] = ()

    @property
    def service(self) -> str:
        """Return the service that the function belongs to."""
        return self.function.__module__.rpartition(".")[2]

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
        found = testbed.plan.instances_of(self.service)
        return [one.instance for number, one in enumerate(found, 1) if not self.instances or number in self.instances]


@dataclass(frozen=True, slots=True)
class Deploy:
    """Deploy a version to some instances, with the code changes that come with it; the pipeline notes it."""

    service: str
    version: str
    instances: tuple[int, ...]
    summary: str
    code: Code | None = None
    author: str = "release-bot"

    def apply(self, testbed: DemoSystem, severity: float) -> None:
        """Put the code in place and restart the chosen instances under the new version."""
        if self.code is not None:
            self.code.apply(testbed, severity)
        self._roll(testbed, self.version, self.summary)

    def undo(self, testbed: DemoSystem) -> None:
        """Go back to the version before."""
        if self.code is not None:
            self.code.undo(testbed)
        before = testbed.plan.instances_of(self.service)[0].version
        self._roll(testbed, before, f"roll back to {before}")

    def _roll(self, testbed: DemoSystem, version: str, summary: str) -> None:
        testbed.note_change(
            Change(
                time_unix=round(now().timestamp(), 3),
                kind="deploy",
                service=self.service,
                author=self.author,
                reference=f"{self.service}@{version}",
                summary=summary,
            )
        )
        for number, instance in enumerate(testbed.plan.instances_of(self.service), 1):
            if number in self.instances:
                testbed.order("start", name=instance.instance, version=version)
