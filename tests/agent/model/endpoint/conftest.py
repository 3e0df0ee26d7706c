"""How exchanges with a real server are recorded: without keys and headers, matched by what was asked."""

from __future__ import annotations

from typing import Any

import pytest


def _without_headers(request: Any) -> Any:
    request.headers = {"content-type": "application/json"}
    return request


def _shorter(response: dict[str, Any]) -> dict[str, Any]:
    kept = {"Content-Type", "content-type"}
    response["headers"] = {name: value for name, value in response["headers"].items() if name in kept}
    return response


@pytest.fixture(scope="module")
def vcr_config() -> dict[str, Any]:
    """Return the settings of the recorder."""
    return {
        "match_on": ["method", "port", "path", "body"],
        "before_record_request": _without_headers,
        "before_record_response": _shorter,
        "decode_compressed_response": True,
    }
