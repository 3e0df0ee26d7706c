"""Do the sources of telemetry answer."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from agent.doctor.finding import Finding, failed
from agent.investigation.place import open_place, with_windows
from agent.schema import Incident
from tools.config import Settings
from tools.errors import WhydownError
from tools.live.open import SIGNALS
from tools.sources import Source, Telemetry
from tools.window import to_datetime

_NAME = "telemetry"


def check_telemetry(place: Path | None, settings: Settings) -> list[Finding]:
    """Open an incident folder or live backends and ask each signal what it holds.

    Args:
        place: an incident folder, or a settings file that names live backends; None when there is neither.
        settings: configuration.
    """
    if place is None:
        remedy = "name an incident folder: whydown doctor FOLDER, or add [[sources.metrics]] to whydown.toml"
        return [
            Finding(name=_NAME, status="off", detail="no folder was named, no live source is set up", remedy=remedy)
        ]
    try:
        _, telemetry = open_place(with_windows(Incident(folder=place)), settings)
    except WhydownError as error:
        return [failed(_NAME, error)]
    with closing(telemetry):
        answering = [_signal(name, getattr(telemetry, name)) for name in SIGNALS]
        return answering + _unanswered(telemetry)


def has_live_sources(settings: Settings) -> bool:
    """Tell whether the settings name a live backend."""
    return any(settings.sources.of(signal) for signal in SIGNALS)


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


def _unanswered(telemetry: Telemetry) -> list[Finding]:
    remedy = "is it running, and are url and login right?"
    return [
        Finding(name=item.signal, status="failed", detail=f"{item.name}: {item.reason}", remedy=remedy)
        for item in telemetry.unanswered
    ]
