"""What the doctor finds: one line about one thing."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from tools.errors import WhydownError

Status = Literal["ok", "off", "failed"]
"""It works; it is not set up, and nothing is wrong with that; or it is set up and does not work."""


class Finding(BaseModel):
    """How one thing is, and what to do about it."""

    model_config = ConfigDict(frozen=True)

    name: str
    status: Status
    detail: str
    remedy: str = ""


class Diagnosis(BaseModel):
    """Everything that was looked at."""

    model_config = ConfigDict(frozen=True)

    ok: bool
    findings: tuple[Finding, ...]


def failed(name: str, error: WhydownError) -> Finding:
    """Return a failure as a finding."""
    return Finding(name=name, status="failed", detail=error.problem, remedy=error.remedy)
