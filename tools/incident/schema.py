"""incident.json: what a responder knows when the investigation starts. Versioned; no answer in it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

UnixSeconds = Annotated[float, Field(ge=0, lt=9.2e9)]
"""Seconds since 1970, UTC. The bound is the year 2261: it refuses milliseconds, and NaN too."""
Interval = tuple[UnixSeconds, UnixSeconds]
"""From and to."""


class IncidentFile(BaseModel):
    """The file as written, times in Unix seconds UTC. Unknown fields are kept out, not refused.

    Without windows they are found from the data; `symptom_start_unix` alone is enough to cut them.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    schema_version: Literal[1] = 1
    case_id: str = ""
    system: str = ""
    description: str = ""
    service: str = Field(default="", description="where the symptom was seen, if known")
    operation: str = ""
    metric: str = Field(default="", description="the metric that alerted, if known")
    symptom_start_unix: UnixSeconds | None = None
    detected_at_unix: UnixSeconds | None = None
    normal_window_unix: Interval | None = None
    fault_window_unix: Interval | None = None
    baseline: str = Field(default="", description="baseline folder, relative to this one or to a parent of it")
