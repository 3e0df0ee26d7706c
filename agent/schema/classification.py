"""What a failed run of continuous integration is: a regression, or something that the change is innocent of."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class FailureClass(StrEnum):
    """The kinds of failed runs that need different people to do different things."""

    REGRESSION = "regression"
    """The change under test broke something: its author has to act."""
    FLAKY = "flaky"
    """The same code passes and fails: the test or what it waits for is unreliable."""
    INFRASTRUCTURE = "infrastructure"
    """The runner, its network, memory, disk or time limit failed: repeat, or mend the runner."""
    DEPENDENCY = "dependency"
    """Something fetched from elsewhere is missing, incompatible or changed."""
    TEST_OR_CONFIGURATION = "test_or_configuration"
    """The test, the pipeline or a setting is wrong, not the product."""
    NOT_ENOUGH_EVIDENCE = "not_enough_evidence"
    """What was given does not tell these apart."""


class Classification(BaseModel):
    """The kind of a failed run, with reasons. Evidence ids refer to the report's evidence list."""

    model_config = ConfigDict(frozen=True)

    kind: FailureClass
    confidence: float = Field(
        ge=0.0, le=1.0, description="share of all weight, doubt included, that speaks for the leading class"
    )
    reasons: tuple[str, ...] = Field(default=(), description="one plain sentence each, the weightiest first")
    evidence: tuple[str, ...] = ()
