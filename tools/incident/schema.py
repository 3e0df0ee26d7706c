"""incident.json: what a responder knows when the investigation starts. Versioned; no answer in it."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

UnixSeconds = Annotated[float, Field(ge=0, lt=9.2e9)]
"""Seconds since 1970, UTC. The bound is the year 2261: it refuses milliseconds, and NaN too."""
Interval = tuple[UnixSeconds, UnixSeconds]
"""From and to."""


class IncidentFile(BaseModel):
    """The file as written, times in Unix seconds UTC. Unknown fields are kept out; a misspelt one is refused.

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

    @model_validator(mode="before")
    @classmethod
    def _refuse_misspelt(cls, given: object) -> object:
        """Refuse a field that is nearly a known one: without its window an incident is another."""
        for name in (*given,) if isinstance(given, dict) else ():
            near = get_close_matches(str(name), cls.model_fields, 1, cutoff=0.9)
            if near and name not in cls.model_fields:
                raise PydanticCustomError(
                    "misspelt", "there is no field '{name}': did you mean '{near}'?", {"name": name, "near": near[0]}
                )
        return given
