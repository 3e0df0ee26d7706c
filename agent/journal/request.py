"""What makes two requests to a model the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from pydantic import BaseModel

from agent.model import Message, ToolSpec
from tools.redact import redact_model


def digest(
    messages: Sequence[Message], tools: Sequence[ToolSpec], schema: type[BaseModel] | None, max_tokens: int
) -> str:
    """Return a digest of all that an answer depends on, without secrets: those never leave."""
    whole = {
        "messages": [redact_model(message).model_dump(mode="json") for message in messages],
        "tools": [tool.model_dump(mode="json") for tool in tools],
        "schema": schema.model_json_schema() if schema else None,
        "max_tokens": max_tokens,
    }
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()[:32]
