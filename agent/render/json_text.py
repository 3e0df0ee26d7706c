"""JSON of whatever is given away: a report, a finding, a postmortem."""

from __future__ import annotations

from pydantic import BaseModel

from tools.redact import redact_model


def to_json(model: BaseModel) -> str:
    """Return a model as JSON without secrets."""
    return redact_model(model).model_dump_json(indent=1)
