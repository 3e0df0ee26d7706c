"""Values as people write them: dates in many spellings, lists in many shapes, fault kinds."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterator

from tools.faults import FaultKind

_MONTHS = [name.casefold() for name in calendar.month_name[1:]]
_ISO = re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
_SLASHES = re.compile(r"\b(\d{1,2})/(\d{1,2})/(\d{4})\b")
_DAY_FIRST = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)?\s+([A-Za-z]{3,9})\.?,?\s+(\d{4})\b")
_MONTH_FIRST = re.compile(r"\b([A-Za-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\b")


def find_date(text: str) -> dt.date | None:
    """Return the first day that a text names, None when there is none.

    Understands 2026-03-01, 1 March 2026, March 1st, 2026 and 3/1/2026. Of two numbers with slashes the
    first is the month unless it cannot be.
    """
    found = [(match.start(), day) for match, day in _dates(text) if day is not None]
    return min(found)[1] if found else None


def _dates(text: str) -> Iterator[tuple[re.Match[str], dt.date | None]]:
    for match in _ISO.finditer(text):
        yield match, _day(int(match[1]), int(match[2]), int(match[3]))
    for match in _SLASHES.finditer(text):
        first, second = int(match[1]), int(match[2])
        yield match, _day(int(match[3]), *((first, second) if first <= 12 else (second, first)))
    for match in _DAY_FIRST.finditer(text):
        yield match, _day(int(match[3]), _month(match[2]), int(match[1]))
    for match in _MONTH_FIRST.finditer(text):
        yield match, _day(int(match[3]), _month(match[1]), int(match[2]))


def _month(name: str) -> int:
    return next((i for i, month in enumerate(_MONTHS, 1) if month.startswith(name.casefold())), 0)


def _day(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def leaves(value: object) -> Iterator[str]:
    """Yield all texts, numbers and days inside nested lists and mappings, in order.

    YAML reads `2026-03-01` as a day and not as text.
    """
    if isinstance(value, dict):
        for item in value.values():
            yield from leaves(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from leaves(item)
    elif isinstance(value, str | int | float) and not isinstance(value, bool) and str(value).strip():
        yield str(value).strip()
    elif isinstance(value, dt.date):
        yield value.isoformat()


def says_nothing(value: object) -> bool:
    """Tell whether a key was given without any value."""
    return value is None or value in ([], {}) or (isinstance(value, str) and not value.strip())


def as_names(value: object) -> tuple[str, ...]:
    """Return a list of names from a list, or from a text parted by commas or semicolons."""
    parts = re.split(r"[,;]", value) if isinstance(value, str) else list(leaves(value))
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))


def as_fault_kind(value: object) -> FaultKind:
    """Return the fault kind that a value names, UNKNOWN for any other value."""
    plain = re.sub(r"[\s-]+", "_", " ".join(leaves(value)).casefold())
    return next((kind for kind in FaultKind if kind.value == plain), FaultKind.UNKNOWN)
