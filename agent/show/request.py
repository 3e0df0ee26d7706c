"""Answer one `whydown show`: open the folder, fix the windows, make the table."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from agent.investigation.intake import check_service, choose_windows, whole_extent
from agent.investigation.place import open_place
from agent.schema import Incident
from tools.config import Settings
from tools.errors import InputError, WindowError
from tools.incident import IncidentFolder
from tools.sources import Telemetry
from tools.window import Scope, TimeWindow

if TYPE_CHECKING:
    from agent.show.table import Table


@dataclass(frozen=True, slots=True)
class Filters:
    """Which rows are wanted; an empty text means any, a limit of 0 all."""

    service: str = ""
    operation: str = ""
    peer: str = ""
    pod: str = ""
    name: str = ""
    trace: str = ""
    search: str = ""
    limit: int = 20

    def keep(self, **fields: str) -> bool:
        """Tell whether a row's fields are those asked for."""
        return all(not getattr(self, name) or getattr(self, name) == value for name, value in fields.items())


@dataclass(frozen=True, slots=True)
class Request:
    """What to show. Without windows everything is shown as one window; `compare` takes those of an investigation."""

    folder: Path
    signal: str = ""
    table: str = ""
    incident: TimeWindow | None = None
    baseline: tuple[TimeWindow, ...] = ()
    compare: bool = False
    filters: Filters = field(default_factory=Filters)


Builder = Callable[[Telemetry, Scope, Filters], "Table"]


def show(request: Request, settings: Settings) -> Table:
    """Return the table that a request asks for.

    Raises:
        FolderError: there is nothing to read.
        FormatError: a file cannot be read.
        InputError: no such signal or table, or a filter that the table needs is missing.
        UnknownServiceError: no signal mentions the service.
        WindowError: a window lies outside the data.
    """
    from agent.show.overview import overview

    folder, telemetry = _open(request, settings)
    with closing(telemetry):
        if not request.signal:
            return overview(telemetry)
        _, builder = find_table(request)
        _check_present(request.signal, telemetry)
        check_service(request.filters.service, telemetry)
        return builder(telemetry, scope_of(request, folder, telemetry), request.filters)


def sql(request: Request, settings: Settings) -> str:
    """Return a script for any DuckDB shell that reproduces the numbers of a table.

    Raises:
        InputError: the table is not made by SQL.
        WhydownError: as for `show`.
    """
    from agent.show.script import script

    folder, telemetry = _open(request, settings)
    with closing(telemetry):
        name, _ = find_table(request)
        _check_present(request.signal, telemetry)
        return script(request.signal, name, telemetry, scope_of(request, folder, telemetry))


def _open(request: Request, settings: Settings) -> tuple[IncidentFolder, Telemetry]:
    asked = Incident(folder=request.folder, incident_window=request.incident)
    if request.baseline:
        start, end = min(w.start_ns for w in request.baseline), max(w.end_ns for w in request.baseline)
        asked = asked.model_copy(update={"baseline_window": TimeWindow(start_ns=start, end_ns=end)})
    return open_place(asked, settings)


def find_table(request: Request) -> tuple[str, Builder]:
    """Return name and builder of the table a request means; without a name the signal's first.

    Raises:
        InputError: no such signal or table.
    """
    from agent.show.tables import TABLES

    tables = TABLES.get(request.signal)
    if tables is None:
        raise InputError(f"no signal {request.signal!r}", "known: " + ", ".join(TABLES))
    implied = "trace" if request.filters.trace else "search" if request.filters.search else next(iter(tables))
    name = request.table or implied
    if name not in tables:
        raise InputError(f"{request.signal} has no table {name!r}", "known: " + ", ".join(tables))
    return name, tables[name]


def scope_of(request: Request, folder: IncidentFolder, telemetry: Telemetry) -> Scope:
    """Return the windows to show; see `Request`.

    Raises:
        WindowError: the incident window lies outside the data, or there is a baseline but no incident window.
    """
    extent = whole_extent(telemetry)
    if request.compare:
        chosen, _ = choose_windows(Incident(folder=folder.path), folder, telemetry, extent)
        return chosen
    if request.incident is None:
        if request.baseline:
            raise WindowError("--baseline needs --incident", "give the window to compare with it")
        return Scope.of(extent, [])
    if request.incident.intersect(extent) is None:
        raise WindowError(f"the incident window {request.incident} lies outside the data", f"the data spans {extent}")
    return Scope.of(request.incident, list(request.baseline))


def _check_present(signal: str, telemetry: Telemetry) -> None:
    available = {**telemetry.available(), "topology": bool(telemetry.traces or telemetry.graph)}
    if not available[signal]:
        have = ", ".join(name for name, there in available.items() if there)
        raise InputError(f"the folder has no {signal}", f"it has {have}")
