"""A JSON Schema as a form to fill in: small models answer a schema by repeating it, but they fill in forms."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, JsonValue

_DEPTH = 8
"""Levels shown; below them a schema that contains itself would go on for ever."""
_BLANKS: dict[str, JsonValue] = {"string": "<text>", "number": 0.0, "integer": 0, "boolean": True, "null": None}


def form_of(schema: type[BaseModel]) -> JsonValue:
    """Return an example of what fits a schema, with placeholders such as `<text>` and `<slow | fast>`."""
    whole = schema.model_json_schema()
    return _filled(whole, whole.get("$defs", {}), _DEPTH)


def _filled(part: dict[str, Any], known: dict[str, Any], depth: int) -> JsonValue:
    if depth == 0:
        return "<…>"
    if "$ref" in part:
        return _filled(known.get(str(part["$ref"]).rpartition("/")[2], {}), known, depth - 1)
    if "const" in part or "enum" in part:
        return "<" + " | ".join(str(value) for value in part.get("enum", [part.get("const")])) + ">"
    choices = part.get("anyOf") or part.get("oneOf") or part.get("allOf")
    if choices:
        first = next((choice for choice in choices if choice.get("type") != "null"), choices[0])
        return _filled(first, known, depth - 1)
    if part.get("type") == "array":
        return [_filled(part.get("items", {}), known, depth - 1)]
    if "properties" in part:
        return {name: _filled(inner, known, depth - 1) for name, inner in part["properties"].items()}
    return _BLANKS.get(part.get("type", ""), "<anything>")
