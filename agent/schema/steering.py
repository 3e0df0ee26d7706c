"""What a person says while an investigation runs or after it: it counts, and it stays visible."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Rejection(BaseModel):
    """A component that a person rules out, with the reason."""

    model_config = ConfigDict(frozen=True)

    component: str
    reason: str = Field(min_length=1, description="why it cannot be the cause; shown wherever the hypothesis is")


class Observation(BaseModel):
    """Something a person has seen that no telemetry shows."""

    model_config = ConfigDict(frozen=True)

    text: str = Field(min_length=1)
    component: str = Field(default="", description="what it is about; empty for the whole system")
    speaks: Literal["for", "against", "neither"] = Field(
        default="neither", description="whether it makes the component a more or a less likely cause"
    )


class Steering(BaseModel):
    """All that a person has said. Ranking, and which query comes next, take it into account."""

    model_config = ConfigDict(frozen=True)

    rejected: tuple[Rejection, ...] = ()
    observations: tuple[Observation, ...] = ()
    pinned: tuple[str, ...] = Field(default=(), description="components to look into and to keep in sight")

    def reason(self, component: str) -> str:
        """Return why a component is ruled out, empty when it is not."""
        return next((item.reason for item in reversed(self.rejected) if item.component == component), "")
