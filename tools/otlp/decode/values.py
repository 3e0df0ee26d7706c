"""Attribute values as text. Lists and maps become JSON, bytes become base64, as OTLP's own JSON does."""

from __future__ import annotations

import base64
import math
from collections.abc import Sequence
from typing import Any

import orjson

from tools.otlp.decode import views

MAX_DEPTH = 32
"""Nesting of lists and maps that is kept; what lies deeper is cut."""
_CACHED_BYTES = 512
_CACHE_ENTRIES = 50_000


def text_of(value: object) -> str:
    """Return a plain value as text: booleans as true and false, lists and maps as JSON."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    return orjson.dumps(value, default=str).decode()


def plain(value: Any, depth: int = MAX_DEPTH) -> Any:
    """Return a protobuf AnyValue as a plain Python value; None when it is empty or too deep."""
    which = value.WhichOneof("value")
    if which == "string_value":
        return value.string_value.decode("utf-8", "replace")
    if which is None or depth == 0:
        return None
    content = getattr(value, which)
    if which == "double_value":
        return content if math.isfinite(content) else repr(content)
    if which == "bytes_value":
        return base64.b64encode(content).decode()
    if which == "array_value":
        return [plain(item, depth - 1) for item in content.values]
    if which == "kvlist_value":
        return {pair.key.decode("utf-8", "replace"): plain(pair.value, depth - 1) for pair in content.values}
    return content


class AttributeCache(dict[bytes, tuple[str, str]]):
    """Serialised attribute → (name, text), filled on first sight and bounded.

    Looking a missing key up raises `google.protobuf.message.DecodeError` when it is not an attribute.
    """

    def __missing__(self, raw: bytes) -> tuple[str, str]:
        pair = views.KeyValue.FromString(raw)
        decoded = (pair.key.decode("utf-8", "replace"), text_of(plain(pair.value)))
        if len(raw) <= _CACHED_BYTES:
            if len(self) >= _CACHE_ENTRIES:
                self.clear()
            self[raw] = decoded
        return decoded

    def decode(self, attributes: Sequence[bytes]) -> dict[str, str]:
        """Return serialised attributes as a dictionary; of two equal names the last wins."""
        # A slice copies protobuf's container at once; walking it costs more than all lookups together.
        return dict(map(self.__getitem__, attributes[:]))
