"""The incident: where the telemetry is, what was seen, and which windows to compare."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict

from agent.schema.steering import Steering
from tools.window import TimeWindow


class Incident(BaseModel):
    """What a user hands over. Everything but the folder may be left out and is then found from the data."""

    model_config = ConfigDict(frozen=True)

    folder: Path
    """The incident folder, or a settings file (`.toml`) that names live backends."""
    symptom: str = ""
    question: str = ""
    service: str = ""
    incident_window: TimeWindow | None = None
    baseline_window: TimeWindow | None = None
    own_baseline: bool = False
    """Ignore the baseline folder and compare with the folder's own normal window only."""
    drop: frozenset[str] = frozenset()
    """Signals to leave aside, as if they were missing: traces, logs, metrics, topology."""
    no_model: bool = False
    """Use no language model, even if one is set up."""
    steering: Steering = Steering()
    """What a person has ruled out, seen and pinned."""
