"""Steps that roll out settings or flags."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from evals.testbed.system.testbed import DemoSystem
from tools.clock import now
from tools.store.changes import Change


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
