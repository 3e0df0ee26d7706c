"""Do the sources of telemetry answer."""

from __future__ import annotations

from pathlib import Path

from agent.doctor.finding import Finding, failed
from agent.investigation.place import is_live, open_place, with_windows
from agent.schema import Incident
from tools.config import Settings, load_settings
from tools.errors import WhydownError
from tools.live.check import SIGNALS as CHECKED
from tools.live.check import check_sources
from tools.live.open import SIGNALS
from tools.sources import Source
from tools.window import TimeWindow, to_datetime

_NAME = "telemetry"


def check_telemetry(place: Path | None, settings: Settings) -> list[Finding]:
    """Open an incident folder or live backends and ask each signal what it holds.

    Args:
        place: an incident folder, or a settings file that names live backends; None when there is neither.
        settings: configuration.
    """
    if place is None or (is_live(place) and place.is_file() and not has_live_sources(load_settings(place))):
        remedy = "name an incident folder: whydown doctor FOLDER, or add [[sources.metrics]] to whydown.toml"
        return [
            Finding(name=_NAME, status="off", detail="no folder was named, no live source is set up", remedy=remedy)
        ]
    if is_live(place):
        return _live(place)
    try:
        _, telemetry = open_place(Incident(folder=place), settings)
    except WhydownError as error:
        return [failed(_NAME, error)]
    return [_signal(name, getattr(telemetry, name)) for name in SIGNALS]


def _live(place: Path) -> list[Finding]:
    """Try each backend by itself."""
    try:
        asked = with_windows(Incident(folder=place))
        sources = load_settings(place).sources
    except WhydownError as error:
        return [failed(_NAME, error)]
    windows = [window for window in (asked.baseline_window, asked.incident_window) if window is not None]
    horizon = TimeWindow(start_ns=windows[0].start_ns, end_ns=windows[-1].end_ns)
    return [
        Finding(
            name=checked.signal,
            status="ok" if checked.ok else "failed",
            detail=f"{checked.name}: {checked.detail}",
            remedy=checked.remedy,
        )
        for checked in check_sources(sources, horizon, place)
    ]


def has_live_sources(settings: Settings) -> bool:
    """Tell whether the settings name a live backend, of telemetry, changes or alerts."""
    return any(settings.sources.of(signal) for signal in CHECKED)


def _signal(name: str, source: Source | None) -> Finding:
    if source is None:
        return Finding(name=name, status="off", detail="none there", remedy="the report says what is missing")
    try:
        extent, services, gaps = source.extent(), source.services(), source.degradations()
    except WhydownError as error:
        return failed(name, error)
    when = f"{to_datetime(extent.start_ns):%F %T}..{to_datetime(extent.end_ns):%F %T} UTC" if extent else "nothing"
    notes = f"; {len(gaps)} notes, such as: {gaps[0]}" if gaps else ""
    return Finding(name=name, status="ok", detail=f"{source.name}: {len(services)} services, {when}{notes}")
