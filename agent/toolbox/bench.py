"""What queries work on, and whether the names in them exist."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from agent.schema import Similar
from tools.errors import InputError
from tools.repository import Repository
from tools.sources import Telemetry
from tools.sources.rows import Call
from tools.window import Scope

NEAR = 5
"""Names suggested in place of one that does not exist."""


@dataclass(frozen=True, slots=True)
class Bench:
    """Everything that a query may read.

    `folder` is named in the commands that reproduce results; `spill` is where large results are kept.
    """

    telemetry: Telemetry
    scope: Scope
    folder: Path
    graph: Sequence[Call] = field(default_factory=tuple)
    repository: Repository | None = None
    recall: Callable[[str], list[Similar]] | None = None
    spill: Path | None = None

    def services(self) -> list[str]:
        """Return every service, store and foreign component that telemetry or the topology mentions, sorted."""
        sending = {name for source in self.telemetry.present() for name in source.services() if name}
        return sorted(sending | {name for call in self.graph for name in (call.caller, call.callee) if name})

    def service(self, name: str) -> str:
        """Return a service's name as it is.

        Raises:
            InputError: nothing mentions it; with names near it.
        """
        return existing("service", name, self.services())


def existing(what: str, name: str, known: Sequence[str]) -> str:
    """Return a name that exists, with the case that it has there.

    Raises:
        InputError: it does not exist; with those near it.
    """
    if name in known:
        return name
    alike = [other for other in known if other.casefold() == name.casefold()]
    if len(alike) == 1:
        return alike[0]
    near = difflib.get_close_matches(name, known, NEAR, 0.4) or list(known[:NEAR])
    raise InputError(f"no {what} {name[:80]!r}", "there is " + ", ".join(near) if near else "there is none")
