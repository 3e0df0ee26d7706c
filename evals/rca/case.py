"""What a case is: where the telemetry of one incident lies, and how an investigator gets to see it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tools.incident import IncidentFile
from tools.incident.folder import SIGNALS

Window = Literal["fault", "healthy"]
"""Whether something is known to be wrong in a case, or known not to be."""


@dataclass(frozen=True, slots=True)
class ViewOptions:
    """What is left out of a case, as if it had never been recorded.

    `drop` names signals, for the incident and its baseline; without traces the call graph goes too,
    because it was made from them, unless `keep_graph`.
    """

    drop: frozenset[str] = frozenset()
    keep_graph: bool = False
    own_baseline: bool = False

    @property
    def graph(self) -> bool:
        """Tell whether the call graph stays."""
        return self.keep_graph or "traces" not in self.drop

    def keeps(self, signal: str) -> bool:
        """Tell whether a signal stays."""
        return signal not in self.drop


@dataclass(frozen=True, slots=True)
class Case(ABC):
    """One incident to investigate; each layout has a class of its own."""

    id: str
    set: str
    system: str

    @property
    def window(self) -> Window:
        """Tell whether something is wrong in it."""
        return "fault"

    @abstractmethod
    def view(self, options: ViewOptions, target: Path) -> Path:
        """Make the incident folder that an investigator gets, without the answer, and return it.

        Args:
            options: what to leave out.
            target: a folder that does not exist yet.

        Raises:
            FolderError: the case is empty or its baseline is missing.
            FormatError: one of its files is not valid.
        """


def link_signals(source: Path, target: Path, options: ViewOptions) -> None:
    """Link the signal files of a folder into another, but for those left out."""
    for signal in filter(options.keeps, SIGNALS):
        for name in (f"{signal}.parquet", signal):
            if (source / name).exists():
                (target / name).symlink_to((source / name).resolve())


def write_incident(file: IncidentFile, target: Path) -> None:
    """Write incident.json of a view."""
    (target / "incident.json").write_text(file.model_dump_json(indent=1), encoding="utf-8")
