"""What a method is, and what all of them are given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from agent.investigation.intake import choose_windows, whole_extent
from agent.schema import Incident, Report
from tools.config import Settings
from tools.incident import open_folder
from tools.sources import Telemetry
from tools.store.open import open_telemetry
from tools.window import Scope


@dataclass(frozen=True, slots=True)
class Findings:
    """What a method says: components, best first, each once; whydown also hands over its report."""

    ranked: tuple[str, ...]
    report: Report | None = None


Method = Callable[[Incident, Settings], Findings]
"""From an incident and the configuration to findings; may raise `WhydownError`."""


def open_incident(incident: Incident, settings: Settings) -> tuple[Telemetry, Scope]:
    """Return the telemetry of an incident and the same two windows that whydown compares.

    Raises:
        WhydownError: the folder cannot be used, see `agent.investigation.intake`.
    """
    folder = open_folder(incident.folder, baseline=not incident.own_baseline)
    telemetry = open_telemetry(folder, settings.store)
    scope, _ = choose_windows(incident, folder, telemetry, whole_extent(telemetry))
    return telemetry, scope


def components(telemetry: Telemetry) -> list[str]:
    """Return everything that could be blamed: services and nodes that any signal mentions, sorted."""
    return sorted({name for source in telemetry.present() for name in source.services() if name})


def count_components(folder: Path, settings: Settings) -> int:
    """Return how many components an incident folder knows."""
    return len(components(open_telemetry(open_folder(folder), settings.store)))


def by_score(scores: dict[str, float]) -> tuple[str, ...]:
    """Return names by falling score; ties by name, so that a result can be repeated."""
    return tuple(sorted(scores, key=lambda name: (-scores[name], name)))
