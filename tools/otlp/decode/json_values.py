"""Values of OTLP/JSON, checked: 64-bit integers arrive as text, ids as hex, enumerations as number or name."""

from __future__ import annotations

import base64
import binascii
import math
from typing import Any

from tools.otlp.decode.json_document import objects
from tools.otlp.decode.tally import BadRecordError
from tools.otlp.decode.values import MAX_DEPTH, text_of

_BASE64_DIGITS = {24: 32, 12: 16}
"""Length of an id in base64, as plain protobuf JSON writes it → number of hex digits."""
_MALFORMED = "an attribute is malformed"


def whole(value: Any) -> int:
    """Return an integer, written as a number or as text; 0 when missing.

    Raises:
        BadRecordError: it is neither.
    """
    if isinstance(value, int):
        return value
    if value is None:
        return 0
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise BadRecordError("a number is malformed") from error


def number(value: Any) -> float:
    """Return a float, written as a number or as text such as NaN and Infinity.

    Raises:
        BadRecordError: it is neither.
    """
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise BadRecordError("a number is malformed") from error


def numbers(value: Any) -> list[float]:
    """Return a list of floats; empty when missing.

    Raises:
        BadRecordError: it is no list of numbers.
    """
    if value is None:
        return []
    if not isinstance(value, list):
        raise BadRecordError("a list of numbers is malformed")
    return [number(item) for item in value]


def enum(value: Any, names: dict[str, int]) -> int:
    """Return the number of an enumeration value; 0 when it is missing or unknown."""
    if isinstance(value, int):
        return value
    if isinstance(value, str):
        return int(value) if value.isdecimal() else names.get(value, 0)
    return 0


def string(value: Any) -> str:
    """Return text; empty when it is missing or something else."""
    return value if isinstance(value, str) else ""


def hex_id(value: Any) -> str:
    """Return an id as lower-case hex; empty when it is malformed."""
    if not isinstance(value, str):
        return ""
    try:
        if len(value) in _BASE64_DIGITS:
            return base64.b64decode(value, validate=True).hex()
        return bytes.fromhex(value).hex()
    except (ValueError, binascii.Error):
        return ""


def attributes(parent: dict[str, Any]) -> dict[str, str]:
    """Return an object's attributes as text.

    Raises:
        BadRecordError: one is malformed.
    """
    pairs = parent.get("attributes")
    if not pairs:
        return {}
    try:
        return {text_of(pair["key"]): value_text(pair.get("value")) for pair in pairs}
    except (TypeError, KeyError, AttributeError) as error:
        raise BadRecordError(_MALFORMED) from error


def value_text(value: Any) -> str:
    """Return an AnyValue as text.

    Raises:
        BadRecordError: it is malformed.
    """
    if isinstance(value, dict):
        found = value.get("stringValue")
        if isinstance(found, str):
            return found
    return text_of(plain(value))


def plain(value: Any, depth: int = MAX_DEPTH) -> Any:
    """Return an AnyValue as a plain Python value; None when it is empty or too deep.

    Raises:
        BadRecordError: it is malformed.
    """
    if value is None:
        return None
    if not isinstance(value, dict):
        raise BadRecordError(_MALFORMED)
    for key, content in value.items():
        if depth and key in _PLAIN:
            return _PLAIN[key](content, depth - 1)
    return None


def _double(content: Any, _: int) -> float | str:
    """Return a float; one that JSON cannot hold as text."""
    found = number(content)
    return found if math.isfinite(found) else repr(found)


def _array(content: Any, depth: int) -> list[Any]:
    return [plain(item, depth) for item in objects(_object(content), "values")]


def _key_values(content: Any, depth: int) -> dict[str, Any]:
    return {text_of(pair.get("key")): plain(pair.get("value"), depth) for pair in objects(_object(content), "values")}


def _object(content: Any) -> dict[str, Any]:
    if isinstance(content, dict):
        return content
    raise BadRecordError(_MALFORMED)


_PLAIN = {
    "stringValue": lambda content, _: text_of(content),
    "boolValue": lambda content, _: content is True or content == "true",
    "intValue": lambda content, _: whole(content),
    "doubleValue": _double,
    "bytesValue": lambda content, _: text_of(content),
    "arrayValue": _array,
    "kvlistValue": _key_values,
}
