"""A hypothesis: one possible cause, with everything that speaks for and against it."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from tools.faults import FaultKind


class ChainLink(BaseModel):
    """One step of the causal chain, from the cause towards the symptom.

    `verified` is True when all three tests passed: the edge exists in the topology, the signal of the
    affected side really deviates, and the cause is not later than its effect. `reason` says what failed.
    """

    model_config = ConfigDict(frozen=True)

    component: str
    effect: str = Field(description="what happens there, one clause")
    evidence: tuple[str, ...] = ()
    verified: bool = True
    reason: str = ""


class Hypothesis(BaseModel):
    """One ranked cause. Evidence ids refer to the report's evidence list."""

    model_config = ConfigDict(frozen=True)

    rank: int = Field(ge=1)
    component: str = Field(description="service, store or edge that is to blame")
    operation: str = ""
    fault_kind: FaultKind
    cause: str = Field(description="one sentence")
    chain: tuple[ChainLink, ...] = ()
    confidence: float = Field(ge=0.0, le=1.0, description="calibrated probability that this is the cause")
    supports: tuple[str, ...] = ()
    contradicts: tuple[str, ...] = ()
    missing: tuple[str, ...] = Field(default=(), description="what would settle it but is not there")
    next_check: str = ""
    owner: str = "unknown"
    remediation: tuple[str, ...] = ()
    rejected: str = Field(default="", description="why a person ruled it out; empty when nobody did")
    origin: Literal["statistics", "model"] = Field(
        default="statistics", description="who named the cause; a model's is from a change that it read"
    )
