"""JSON documents, and the objects in them, from a sender that may send anything."""

from __future__ import annotations

import json
from typing import Any

import orjson

from tools.otlp.decode.tally import BadPayloadError, BadRecordError


def load(body: bytes) -> dict[str, Any]:
    """Return a JSON object; bare NaN and text that is not Unicode are mended.

    Raises:
        BadPayloadError: it is not JSON, or not an object.
    """
    document = _load(body)
    if not isinstance(document, dict):
        raise BadPayloadError("not a JSON object")
    return document


def load_all(body: bytes) -> list[dict[str, Any]]:
    """Return the JSON objects of a text that is one object or a list of them.

    Raises:
        BadPayloadError: it is neither.
    """
    document = _load(body)
    found = document if isinstance(document, list) else [document]
    if not all(isinstance(item, dict) for item in found):
        raise BadPayloadError("neither a JSON object nor a list of them")
    return found


def _load(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        return _load_leniently(body, error.pos + 1)


def _load_leniently(body: bytes, position: int) -> Any:
    try:
        document = json.loads(body.decode("utf-8", "replace"), parse_constant=str)
        return orjson.loads(json.dumps(document, ensure_ascii=False).encode("utf-8", "replace"))
    except (ValueError, RecursionError) as error:
        raise BadPayloadError(f"not JSON from character {position:,} on") from error


def objects(parent: dict[str, Any], key: str) -> list[dict[str, Any]]:
    """Return a list of objects under a key; empty when it is missing.

    Raises:
        BadRecordError: there is something else.
    """
    found = parent.get(key)
    if found is None:
        return []
    if isinstance(found, list) and all(isinstance(item, dict) for item in found):
        return found
    raise BadRecordError(f"{key} is not a list of objects")


def child(parent: dict[str, Any], key: str) -> dict[str, Any]:
    """Return an object under a key; empty when it is missing.

    Raises:
        BadRecordError: there is something else.
    """
    found = parent.get(key)
    if found is None:
        return {}
    if isinstance(found, dict):
        return found
    raise BadRecordError(f"{key} is not an object")
