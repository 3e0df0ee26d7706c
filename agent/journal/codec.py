"""Answers of sources and tools as JSON, and back: rows, arrays, models, numbers that JSON does not know.

Whatever is no plain JSON value is written as an object with one key that tells what it is, such as `{"~Call": {…}}`.
Only the classes listed here are ever made from a journal.
"""

from __future__ import annotations

import dataclasses
import math
from enum import Enum
from functools import cache
from typing import Any

import numpy as np
from pydantic import BaseModel, JsonValue
from pydantic_core import to_jsonable_python

from tools.sources import Fetched, rows
from tools.window import TimeWindow

_MARK = "~"
_DICT, _TUPLE, _ARRAY, _FLOAT = "~dict", "~tuple", "~array", "~float"
_PLAIN = frozenset((_DICT, _TUPLE, _ARRAY, _FLOAT))


@cache
def _of_sources() -> dict[str, type]:
    """Return the classes that sources answer with, by name."""
    from agent.schema import Asked
    from tools.evidence import Evidence

    made = [kind for kind in vars(rows).values() if isinstance(kind, type) and dataclasses.is_dataclass(kind)]
    return {f"{_MARK}{kind.__name__}": kind for kind in [*made, Fetched, TimeWindow, Asked, Evidence]}


@cache
def _of_tools() -> dict[str, type]:
    """Return the classes that a language model's tools answer with, by name; without a model nobody needs them."""
    from agent.model import ToolSpec
    from agent.toolbox import Result

    return {f"{_MARK}{kind.__name__}": kind for kind in (ToolSpec, Result)}


def _class_of(name: str) -> type | None:
    return _of_sources().get(name) or _of_tools().get(name)


def as_json(arguments: tuple[Any, ...]) -> JsonValue:
    """Return arguments in the form in which they are compared."""
    value: JsonValue = to_jsonable_python(arguments)
    return value


def encode(value: Any) -> JsonValue:
    """Return an answer as JSON.

    Raises:
        TypeError: it holds something that no source or tool answers.
    """
    if isinstance(value, Enum):
        return encode(value.value)
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else {_FLOAT: str(float(value))}
    if isinstance(value, list):
        return [encode(item) for item in value]
    if isinstance(value, tuple):
        return {_TUPLE: [encode(item) for item in value]}
    if isinstance(value, dict):
        return {_DICT: {str(name): encode(item) for name, item in value.items()}}
    return _encode_object(value)


def _encode_object(value: Any) -> JsonValue:
    if isinstance(value, np.ndarray):
        finite = value.dtype.kind in "iub" or (value.dtype.kind == "f" and bool(np.isfinite(value).all()))
        plain = value.tolist() if finite else [encode(item) for item in value.tolist()]
        return {_ARRAY: [value.dtype.str, plain]}
    if isinstance(value, np.generic):
        return encode(value.item())
    name = f"{_MARK}{type(value).__name__}"
    if _class_of(name) is None:
        raise TypeError(f"{type(value).__name__} is nothing that a source or tool answers")
    if isinstance(value, BaseModel):
        return {name: value.model_dump(mode="json")}
    return {name: {field.name: encode(getattr(value, field.name)) for field in dataclasses.fields(value)}}


def decode(value: JsonValue) -> Any:
    """Return an answer from its JSON.

    Raises:
        ValueError: it is not one that `encode` writes.
    """
    if isinstance(value, list):
        return [decode(item) for item in value]
    if not isinstance(value, dict):
        return value
    (name, inner), *_ = value.items()
    return _decode_plain(name, inner) if name in _PLAIN else _decode_object(name, inner)


def _decode_plain(name: str, inner: Any) -> Any:
    if name == _DICT:
        return {key: decode(item) for key, item in inner.items()}
    if name == _FLOAT:
        return float(inner)
    if name == _TUPLE:
        return tuple(decode(item) for item in inner)
    kind, values = inner
    return np.array([decode(item) for item in values], dtype=np.dtype(kind))


def _decode_object(name: str, inner: Any) -> Any:
    known = _class_of(name)
    if known is None:
        raise ValueError(f"a journal holds nothing called {name}")
    if issubclass(known, BaseModel):
        return known.model_validate(inner)
    return known(**{field: decode(item) for field, item in inner.items()})
