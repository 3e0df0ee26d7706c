"""Cut secrets out of JSON values and models, string by string."""

from __future__ import annotations

import json
import re
from enum import Enum
from functools import lru_cache
from typing import Any, TypeVar

from pydantic import BaseModel, JsonValue

from tools.redact.text import MARK, redact

Model = TypeVar("Model", bound=BaseModel)
_PROBE = "Xy9Zw8Vu7T"
"""A value that is a secret under a name that says so, and nothing under any other."""


def redact_json(value: JsonValue) -> JsonValue:
    """Return a JSON value without secrets. The name of a field counts, too: `{"password": "…"}`."""
    if isinstance(value, str):
        return redact(value).text
    if isinstance(value, list):
        return value if _only_numbers(value) else [redact_json(item) for item in value]
    if isinstance(value, dict):
        return {redact(key).text: _field(key, item) for key, item in value.items()}
    return value


def _only_numbers(values: list[JsonValue]) -> bool:
    """Tell whether a list holds nothing that could be a secret: series are long, and most of what is redacted."""
    return {float, int, bool, type(None)}.issuperset(map(type, values))


def redact_document(text: str) -> str:
    """Return a text without secrets; one that is JSON stays JSON."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return redact(text).text
    cleaned = redact_json(value)
    return text if cleaned == value else json.dumps(cleaned, ensure_ascii=False)


def _field(name: str, value: JsonValue) -> JsonValue:
    if not isinstance(value, str):
        return redact_json(value)
    plain = re.sub(r"[\"'\\\n]", "x", MARK.sub("", value))
    kind = _kind_of_name(name)
    if kind and plain and redact(f"{name}='{plain}'").counts:
        return f"[redacted {kind}]"
    return redact(value).text


@lru_cache(maxsize=1024)
def _kind_of_name(name: str) -> str:
    """Return the kind of secret that a field of this name holds, empty for other fields."""
    return next(iter(redact(f"{name}='{_PROBE}'").counts), "")


def redact_model(model: Model) -> Model:
    """Return a model without secrets in its texts; enumerations and everything that is no text stay.

    The fields are not validated again: what stands for a secret need not have the secret's form.
    """
    changed = {}
    for name in type(model).model_fields:
        before = getattr(model, name)
        after = _walk(before)
        if after is not before:
            changed[name] = after
    return model.model_copy(update=changed) if changed else model


def _walk(value: Any) -> Any:
    """Return a field's value without secrets, the very same object when there were none."""
    if isinstance(value, BaseModel):
        return redact_model(value)
    if isinstance(value, str) and not isinstance(value, Enum):
        cleaned = redact(value).text
        return value if cleaned == value else cleaned
    if isinstance(value, tuple | list):
        items = [_walk(item) for item in value]
        same = all(new is old for new, old in zip(items, value, strict=True))
        return value if same else type(value)(items)
    if isinstance(value, dict):
        pairs = {_walk(key): _walk(item) for key, item in value.items()}
        same = all(new is old for new, old in zip(pairs.values(), value.values(), strict=False))
        return value if same and pairs.keys() == value.keys() else pairs
    return value
