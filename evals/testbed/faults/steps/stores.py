"""Steps that interfere with PostgreSQL and Redis as their administrators."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from evals.testbed.system.testbed import DemoSystem


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
class Redis:
    """Give Redis commands: to do harm, at a severity, and to repair it."""

    harm: Callable[[float], tuple[tuple[str, ...], ...]]
    repair: tuple[tuple[str, ...], ...] = ()

    def apply(self, testbed: DemoSystem, severity: float) -> None:
        """Give the harmful commands."""
        for command in self.harm(severity):
            testbed.redis(*command)

    def undo(self, testbed: DemoSystem) -> None:
        """Give the repairing commands."""
        for command in self.repair:
            testbed.redis(*command)
