"""A claim as a model writes it. Lenient in form: one odd claim is struck, it does not spoil the others."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from tools.faults import FaultKind

MOST_CLAIMS = 12
"""Claims read of an answer; more is not an argument but a list."""
ASKED_CLAIMS = 5
"""Claims asked for: small models fill whatever list they may, until the answer is cut off."""
MOST_PROPOSALS = 3


class Predicate(StrEnum):
    """What can be claimed: a quantity, a quotation, or that one deviation causes another."""

    SELF_TIME = "self_time"
    EDGE_TIME = "edge_time"
    DURATION = "duration"
    ERRORS = "errors"
    CALLS = "calls"
    TRAFFIC = "traffic"
    LOG_LINES = "log_lines"
    METRIC = "metric"
    SAYS = "says"
    CAUSES = "causes"


class Direction(StrEnum):
    """Which way a quantity went."""

    ROSE = "rose"
    FELL = "fell"
    UNCHANGED = "unchanged"


def _one_of(values: type[StrEnum]) -> dict[str, Any]:
    return {"enum": [member.value for member in values]}


class _Written(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Value(_Written):
    """A number with its unit."""

    number: float
    unit: str = ""


class Claim(_Written):
    """One claim.

    `service` is its subject; `operation`, `peer` (callee of a call) and `metric` narrow it. Of `causes`, `service`
    is the cause and `peer` the affected caller. `quote` is what a log line, change or file `says`, word for word.
    """

    service: str = ""
    operation: str = ""
    peer: str = ""
    metric: str = ""
    predicate: str = Field(default="", json_schema_extra=_one_of(Predicate))
    direction: str = Field(default="", json_schema_extra=_one_of(Direction))
    before: Value | None = None
    after: Value | None = None
    quote: str = ""
    evidence: tuple[str, ...] = ()

    @field_validator("operation", "peer", "metric", "direction", "quote", mode="before")
    @classmethod
    def _empty(cls, value: object) -> object:
        """Take null for "does not apply", as many models write it."""
        return "" if value is None else value

    @field_validator("evidence", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        """Take one id that is not in a list for a list of one."""
        return (value,) if isinstance(value, str) else value


class Proposal(_Written):
    """A cause that the model proposes; `claims` are numbers of its claims, from 1."""

    component: str = ""
    fault_kind: str = Field(default="", json_schema_extra=_one_of(FaultKind))
    claims: tuple[int, ...] = ()


class Answer(_Written):
    """What a model answers in the end. `explanation` is free text that nothing verifies."""

    claims: tuple[Claim, ...] = Field(default=(), json_schema_extra={"maxItems": ASKED_CLAIMS})
    hypotheses: tuple[Proposal, ...] = Field(default=(), json_schema_extra={"maxItems": MOST_PROPOSALS})
    explanation: str = ""

    @model_validator(mode="before")
    @classmethod
    def _says_something(cls, value: object) -> object:
        """Refuse what is no answer at all, such as a bare claim: with its parts unknown it would be an empty one."""
        if isinstance(value, dict) and value and not value.keys() & cls.model_fields.keys():
            raise ValueError(f"none of {', '.join(cls.model_fields)} is in it")
        return value


class Reply(_Written):
    """What a model answers to a question. `explanation` is free text that nothing verifies."""

    claims: tuple[Claim, ...] = ()
    explanation: str = ""
