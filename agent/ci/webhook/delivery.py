"""Check a delivery: who signed it, what it is, and how old the run is that it tells of."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from typing import Literal, NamedTuple

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from tools.clock import now

MAX_BYTES = 2 * 1024 * 1024
WINDOW = timedelta(hours=24)
"""Runs that ended longer ago are not looked at: an old delivery that is sent again does nothing."""


class _Named(BaseModel):
    model_config = ConfigDict(extra="ignore")

    full_name: str


class _Run(BaseModel):
    model_config = ConfigDict(extra="ignore")

    id: int
    run_attempt: int = 1
    conclusion: str | None = None
    updated_at: AwareDatetime


class _Payload(BaseModel):
    model_config = ConfigDict(extra="ignore")

    action: str
    workflow_run: _Run
    repository: _Named


class Finished(NamedTuple):
    """A run that has ended."""

    repository: str
    run: int
    attempt: int


Refused = Literal["unsigned", "unreadable", "other", "old"]
"""unsigned: no or a wrong signature; unreadable: no payload of a run; other: nothing to do; old: outside WINDOW."""


def is_signed(body: bytes, signature: str, secret: str) -> bool:
    """Tell whether GitHub signed exactly these bytes. Takes the same time wherever they differ.

    See https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries.
    """
    expected = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return bool(secret) and hmac.compare_digest(expected.encode(), signature.encode())


def read_delivery(body: bytes, event: str, signature: str, secret: str) -> Finished | Refused:
    """Return the finished run that a delivery tells of, or why it is not accepted."""
    if not is_signed(body, signature, secret):
        return "unsigned"
    if event != "workflow_run":
        return "other"
    try:
        payload = _Payload.model_validate_json(body)
    except ValidationError:
        return "unreadable"
    run = payload.workflow_run
    if payload.action != "completed" or run.conclusion not in {"failure", "timed_out", "startup_failure", "success"}:
        return "other"
    if abs(now() - run.updated_at) > WINDOW:
        return "old"
    return Finished(payload.repository.full_name, run.id, run.run_attempt)
