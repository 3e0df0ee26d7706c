"""Which answers a journal holds, and their types, so that they can be read back."""

from __future__ import annotations

from functools import cache
from typing import Any, get_type_hints

from pydantic import JsonValue, TypeAdapter
from pydantic_core import to_jsonable_python

from tools.sources import ChangeSource, Fetched, LogSource, MetricSource, TraceSource

PROTOCOLS: dict[str, type] = {
    "traces": TraceSource,
    "logs": LogSource,
    "metrics": MetricSource,
    "changes": ChangeSource,
}
SMALL = frozenset(
    ["extent", "services", "degradations", "query", "topology", "resource", "examples", "trace", "search", "changes"]
)
"""Methods whose answers are kept. The others give large aggregates, and only the survey and the tools ask them."""

FETCHED = "fetched"
"""What only sources elsewhere answer: what reading them has cost."""


@cache
def adapter(who: str, method: str) -> TypeAdapter[Any]:
    """Return what reads the answer of a method back."""
    if who == "box":
        from agent.toolbox import Toolbox

        return TypeAdapter(get_type_hints(getattr(Toolbox, method))["return"])
    if method == FETCHED:
        return TypeAdapter(Fetched)
    return TypeAdapter(get_type_hints(getattr(PROTOCOLS[who], method))["return"])


def as_json(arguments: tuple[Any, ...]) -> JsonValue:
    """Return arguments in the form in which they are compared."""
    value: JsonValue = to_jsonable_python(arguments)
    return value
