"""Units of measurement: which numbers are the same amount, and how an amount is written."""

from __future__ import annotations

import math
from dataclasses import dataclass

TOLERANCE = 0.05
"""Relative difference up to which two numbers are the same: rounding to two digits costs as much."""
_FACTORS: dict[str, dict[str, float]] = {
    "time": {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0},
    "bytes": {"B": 1.0, "kB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12, "KiB": 2.0**10, "MiB": 2.0**20, "GiB": 2.0**30},
    "share": {"%": 0.01, "ratio": 1.0},
    "rate": {"1/s": 1.0, "1/min": 1 / 60, "1/h": 1 / 3600},
}
_OTHER_NAMES = {
    "sec": "s",
    "second": "s",
    "seconds": "s",
    "millisecond": "ms",
    "milliseconds": "ms",
    "microseconds": "us",
    "nanoseconds": "ns",
    "minutes": "min",
    "hours": "h",
    "by": "B",
    "byte": "B",
    "bytes": "B",
    "kb": "kB",
    "mb": "MB",
    "gb": "GB",
    "percent": "%",
    "fraction": "ratio",
    "/s": "1/s",
    "per second": "1/s",
    "rps": "1/s",
    "req/s": "1/s",
    "requests/s": "1/s",
    "requests per second": "1/s",
    "per minute": "1/min",
}
_COUNTED = frozenset({"", "1", "line", "lines", "span", "spans", "call", "calls", "request", "requests", "row", "rows"})
_COUNTED_MORE = frozenset({"error", "errors", "count", "times", "time"})


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit in its dimension; `factor` leads to the dimension's base unit."""

    dimension: str
    factor: float


def unit_of(text: str) -> Unit:
    """Return the unit that a text names. A text that names none is a dimension of its own."""
    plain = text.strip().strip("{}").strip()
    name = _OTHER_NAMES.get(plain.casefold(), plain)
    for dimension, factors in _FACTORS.items():
        if name in factors:
            return Unit(dimension, factors[name])
    if plain.casefold() in _COUNTED | _COUNTED_MORE:
        return Unit("count", 1.0)
    return Unit(plain.casefold(), 1.0)


def same_dimension(first: str, second: str) -> bool:
    """Tell whether two units measure the same thing."""
    return unit_of(first).dimension == unit_of(second).dimension


def same_amount(claimed: float, claimed_unit: str, actual: float, actual_unit: str) -> bool:
    """Tell whether a claimed amount is the actual one, but for rounding.

    Counts that were estimated (2.4 lines expected) may be given as the nearest whole number.
    """
    mine, theirs = unit_of(claimed_unit), unit_of(actual_unit)
    if mine.dimension != theirs.dimension or not (math.isfinite(claimed) and math.isfinite(actual)):
        return False
    said, true = claimed * mine.factor, actual * theirs.factor
    if mine.dimension == "count" and said == round(true):
        return True
    return abs(said - true) <= TOLERANCE * abs(true)


def amount(value: float, unit: str) -> str:
    """Return an amount with three significant digits, times and bytes in a handy multiple."""
    known = unit_of(unit)
    if known.dimension in {"time", "bytes"}:
        return _scaled(value * known.factor, known.dimension)
    shown = "" if known.dimension == "count" and unit.strip("{}") in {"", "1"} else unit.strip("{}")
    return f"{number(value)} {shown}".rstrip()


def _scaled(value: float, dimension: str) -> str:
    names = ("s", "ms", "us") if dimension == "time" else ("GB", "MB", "kB", "B")
    for name in names:
        factor = _FACTORS[dimension][name]
        if abs(value) >= factor:
            return f"{number(value / factor)} {name}"
    return f"{number(value / _FACTORS[dimension][names[-1]])} {names[-1]}"


def number(value: float) -> str:
    """Return a number with three significant digits; whole ones below a million as they are."""
    if value == round(value) and abs(value) < 1e6:
        return f"{value:.0f}"
    return f"{value:.3g}" if abs(value) < 1e6 else f"{value:,.0f}"
