"""Where telemetry is: an incident folder, or the live backends that a settings file names."""

from __future__ import annotations

from pathlib import Path

from agent.schema import Incident
from tools.clock import now
from tools.config import Settings, load_settings
from tools.incident import IncidentFile, IncidentFolder, open_folder
from tools.sources import Telemetry
from tools.store.open import open_telemetry
from tools.window import NS, TimeWindow, to_ns

DEFAULT_SECONDS = 1800.0
"""Length of the incident window before now, where a live investigation is given none."""


def is_live(place: Path) -> bool:
    """Tell whether a place is a settings file that names live backends, rather than a folder."""
    return place.suffix == ".toml"


def with_windows(incident: Incident) -> Incident:
    """Return a live incident with fixed windows, so that it means the same when it is resumed.

    Without a window it is the last half hour; without a baseline the time before it, as the settings say.

    Raises:
        ConfigError: the settings file is missing or wrong.
    """
    if not is_live(incident.folder):
        return incident
    window = incident.incident_window or last(DEFAULT_SECONDS)
    before = round(load_settings(incident.folder).sources.baseline_seconds * NS)
    baseline = incident.baseline_window or TimeWindow(start_ns=window.start_ns - before, end_ns=window.start_ns)
    return incident.model_copy(update={"incident_window": window, "baseline_window": baseline})


def last(seconds: float) -> TimeWindow:
    """Return the window that ends now."""
    end = to_ns(now())
    return TimeWindow(start_ns=end - round(seconds * NS), end_ns=end)


def open_place(incident: Incident, settings: Settings) -> tuple[IncidentFolder, Telemetry]:
    """Open the telemetry that an incident names.

    Raises:
        FolderError: there is nothing to read.
        FormatError: a file cannot be read.
        ConfigError: the settings of a live backend are wrong.
        SourceError: no live backend answers.
    """
    if not is_live(incident.folder):
        folder = open_folder(incident.folder, baseline=not incident.own_baseline)
        return folder, open_telemetry(folder, settings.store, incident.drop)
    from tools.live.open import open_live

    place, fixed = incident.folder, with_windows(incident)
    windows = [w for w in (fixed.incident_window, fixed.baseline_window) if w is not None]
    horizon = TimeWindow(start_ns=min(w.start_ns for w in windows), end_ns=max(w.end_ns for w in windows))
    nothing: dict[str, list[Path]] = {}
    folder = IncidentFolder(place, IncidentFile(), nothing, nothing, None, None, None)
    return folder, open_live(load_settings(place).sources, horizon, place, incident.drop)
