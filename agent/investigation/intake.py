"""Intake: normalise the symptom, fix the incident window and the baseline windows."""

from __future__ import annotations

from agent.investigation.state import Context, State
from agent.schema import HALVES, Incident, Windows
from tools.analysers.onset import find_incident
from tools.errors import UnknownServiceError, WindowError
from tools.incident import IncidentFile, IncidentFolder
from tools.sources import Telemetry
from tools.window import NS, Scope, TimeWindow, to_datetime


def intake(state: State, context: Context) -> State:
    """Fix windows and symptom.

    Raises:
        WindowError: a window lies outside the data, or none can be found.
        UnknownServiceError: the named service sends no telemetry.
    """
    extent = whole_extent(context.telemetry)
    check_service(context.incident.service or context.folder.file.service, context.telemetry)
    scope, chosen_by = choose_windows(context.incident, context.folder, context.telemetry, extent)
    windows = Windows(
        incident=(to_datetime(scope.incident.start_ns), to_datetime(scope.incident.end_ns)),
        baseline=tuple((to_datetime(w.start_ns), to_datetime(w.end_ns)) for w in scope.baseline),
        chosen_by=chosen_by,
    )
    symptom = context.incident.symptom or context.folder.file.description
    return {"scope": scope.model_dump_json(), "windows": windows.model_dump_json(), "symptom": symptom}


def whole_extent(telemetry: Telemetry) -> TimeWindow:
    """Return the time range of traces, logs and metrics together.

    Raises:
        WindowError: there is not a single row.
    """
    signals = [telemetry.traces, telemetry.logs, telemetry.metrics]
    extents = [e for source in signals if source is not None and (e := source.extent())]
    if not extents:
        raise WindowError("the telemetry is empty", "no span, log line or metric point could be read")
    return TimeWindow(start_ns=min(e.start_ns for e in extents), end_ns=max(e.end_ns for e in extents))


def check_service(service: str, telemetry: Telemetry) -> None:
    """Refuse a service that nothing mentions.

    Raises:
        UnknownServiceError: with the names that are known.
    """
    known = sorted({name for source in telemetry.present() for name in source.services()})
    if service and service not in known:
        raise UnknownServiceError(f"no telemetry of a service {service!r}", "known: " + ", ".join(known[:12]))


def choose_windows(
    incident: Incident, folder: IncidentFolder, telemetry: Telemetry, extent: TimeWindow
) -> tuple[Scope, str]:
    """Return the windows to compare and who chose them: user, incident.json, data, or nobody (halves).

    Halves are compared with each other where nothing tells when the incident began and no other time is known.
    """
    fault, chosen_by = _incident_window(incident, folder.file, telemetry, extent)
    inside = fault.intersect(extent)
    if inside is None:
        raise WindowError(f"the incident window {fault} lies outside the data", f"the data spans {extent}")
    if incident.baseline_window is not None:
        baseline = [incident.baseline_window]
    else:
        baseline = _baseline_windows(folder, fault, extent)
    scope = Scope.of(fault, baseline)
    if not scope.baseline:
        raise WindowError("there is no baseline before the incident", "give --baseline FROM..TO or a baseline folder")
    if chosen_by == HALVES and (incident.baseline_window or folder.baseline or folder.file.normal_window_unix):
        chosen_by = "data"
    return scope, chosen_by


def _incident_window(
    incident: Incident, file: IncidentFile, telemetry: Telemetry, extent: TimeWindow
) -> tuple[TimeWindow, str]:
    """Return what the user or incident.json says, else what the data shows, else the later half."""
    if incident.incident_window is not None:
        return incident.incident_window, "user"
    if file.fault_window_unix is not None:
        return TimeWindow.from_seconds(*file.fault_window_unix), "incident.json"
    if file.symptom_start_unix is not None:
        return TimeWindow(start_ns=round(file.symptom_start_unix * NS), end_ns=extent.end_ns), "incident.json"
    found = find_incident(telemetry, extent)
    if found is not None and found != extent:
        return found, "data"
    middle = (extent.start_ns + extent.end_ns) // 2
    return TimeWindow(start_ns=middle, end_ns=extent.end_ns), HALVES


def _baseline_windows(folder: IncidentFolder, fault: TimeWindow, extent: TimeWindow) -> list[TimeWindow]:
    file = folder.file
    own = [TimeWindow.from_seconds(*file.normal_window_unix)] if file.normal_window_unix else []
    if folder.baseline:
        return [extent]
    return own or extent.minus(fault)[:1]
