"""What a language model added to an investigation, and what code made of it."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from tools.faults import FaultKind


class Asked(BaseModel):
    """One query that the model asked for. A refused or repeated one has no evidence of its own."""

    model_config = ConfigDict(frozen=True)

    tool: str
    arguments: str = Field(description="as the model wrote them, cut")
    outcome: Literal["answered", "refused", "repeated"]
    evidence: str = Field(default="", description="id of the evidence that holds the result")
    reason: str = Field(default="", description="why it was refused")


class Checked(BaseModel):
    """One claim of the model, in a sentence written by code, and whether the evidence that it cites bears it out.

    The sentence of a verified claim states the numbers of the evidence; that of a struck one what was claimed.
    """

    model_config = ConfigDict(frozen=True)

    id: str = Field(description="C1, C2, …")
    component: str
    sentence: str
    evidence: tuple[str, ...] = Field(default=(), description="cited ids; of a struck claim they may not exist")
    verified: bool
    reason: str = Field(default="", description="why it was struck")


class Suggested(BaseModel):
    """A cause that the model read in a change, and whether it entered the ranking."""

    model_config = ConfigDict(frozen=True)

    component: str
    fault_kind: FaultKind
    claims: tuple[str, ...] = ()
    outcome: Literal["added", "refined", "struck"]
    reason: str = ""
    moved: float = Field(default=0.0, description="confidence added")


class Argument(BaseModel):
    """The model's part in a report. Nothing in it but what is verified has moved the ranking."""

    model_config = ConfigDict(frozen=True)

    model: str
    prompts: dict[str, str] = Field(default_factory=dict, description="prompt file → version")
    asked: tuple[Asked, ...] = ()
    claims: tuple[Checked, ...] = ()
    suggested: tuple[Suggested, ...] = ()
    prose: tuple[str, ...] = Field(default=(), description="the model's own words, which nothing has verified")
    withheld: int = Field(default=0, description="its sentences left out: they repeat telemetry, or hold a command")
    ended: str = Field(default="", description="why it ended early; empty when it did not")

    @property
    def kept(self) -> tuple[Checked, ...]:
        """Return the claims that hold."""
        return tuple(claim for claim in self.claims if claim.verified)

    @property
    def struck(self) -> tuple[Checked, ...]:
        """Return the claims that do not."""
        return tuple(claim for claim in self.claims if not claim.verified)
