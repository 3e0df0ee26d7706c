"""What an incident folder holds."""

from __future__ import annotations

from dataclasses import dataclass

from agent.investigation.intake import whole_extent
from agent.show.table import TIME, Column, Table, make, text, value
from tools.sources import Source, Telemetry
from tools.window import Scope, TimeWindow


@dataclass(frozen=True, slots=True)
class Signal:
    """One signal: its time range and the services that send it."""

    name: str
    extent: TimeWindow | None
    services: list[str]


_COLUMNS: list[Column[Signal]] = [
    text("signal", lambda s: s.name),
    value("start_unix_nano", "first (UTC)", TIME, lambda s: s.extent.start_ns if s.extent else None),
    value("end_unix_nano", "last (UTC)", TIME, lambda s: s.extent.end_ns if s.extent else None),
    value("services", "services", "", lambda s: len(s.services)),
    text("names", lambda s: ", ".join(s.services)),
]


def overview(telemetry: Telemetry) -> Table:
    """Return the signals that are there, with time range and services."""
    found = [_signal(name, getattr(telemetry, name)) for name in telemetry.available() if getattr(telemetry, name)]
    missing = [name for name, there in telemetry.available().items() if not there]
    notes = [f"missing: {', '.join(missing)}"] if missing else []
    scope = Scope.of(whole_extent(telemetry), [])
    return make("overview", "signals", _COLUMNS, found, scope, notes=notes)


def _signal(name: str, source: Source) -> Signal:
    return Signal(name, source.extent(), source.services())
