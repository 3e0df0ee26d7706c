"""What makes two requests to a model the same."""

from __future__ import annotations

import hashlib
import json

from agent.model import ChatRequest
from tools.redact import redact_model


def digest(request: ChatRequest) -> str:
    """Return a digest of all that an answer depends on, without secrets: those never leave."""
    schema = request.schema
    whole = {
        "messages": [redact_model(message).model_dump(mode="json") for message in request.messages],
        "tools": [tool.model_dump(mode="json") for tool in request.tools],
        "schema": schema.model_json_schema() if schema else None,
        "max_tokens": request.max_tokens,
    }
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()[:32]
