"""Time windows: integer nanoseconds inside, UTC-aware datetimes at the edges."""

from __future__ import annotations

import datetime as dt
import math
import re
from decimal import Decimal, InvalidOperation
from typing import Self

from pydantic import BaseModel, ConfigDict, model_validator

from tools.errors import WindowError

NS = 1_000_000_000
"""Nanoseconds in a second."""
_SECONDS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400}
LAST_NS = 2**63 - 1
"""The last moment that 64 bits hold: April 2262."""


def to_ns(moment: dt.datetime) -> int:
    """Return Unix nanoseconds of an aware datetime, exact to the microsecond.

    Raises:
        WindowError: the datetime has no time zone.
    """
    if moment.tzinfo is None:
        raise WindowError(f"{moment.isoformat()} has no time zone", "append Z or an offset such as +02:00")
    delta = moment - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    return (delta.days * 86_400 + delta.seconds) * NS + delta.microseconds * 1_000


def to_datetime(ns: int) -> dt.datetime:
    """Return the UTC datetime of Unix nanoseconds, truncated to the microsecond."""
    return dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(microseconds=ns // 1_000)


def to_iso(ns: int) -> str:
    """Return Unix nanoseconds as ISO 8601 in UTC, exact to the nanosecond, without trailing zeros."""
    fraction = f".{ns % NS:09d}".rstrip("0").rstrip(".")
    return f"{to_datetime(ns):%FT%T}{fraction}Z"


def parse_moment(text: str) -> int:
    """Read one moment and return Unix nanoseconds.

    Accepts ISO 8601 (a missing zone means UTC) and plain Unix seconds, exact to the nanosecond.

    Raises:
        WindowError: the text is neither, or lies before 1970 or after April 2262.
    """
    text = text.strip()
    try:
        ns = int(Decimal(text) * NS) if text.replace(".", "", 1).isdecimal() else _parse_iso(text)
    except (ValueError, OverflowError, InvalidOperation) as error:
        raise WindowError(
            f"cannot read the time {text!r}", "use ISO 8601 such as 2026-11-24T10:00:00Z, or Unix seconds"
        ) from error
    return _in_range(ns, text)


def parse_duration(text: str) -> float:
    """Read a length of time such as 90s, 30m, 2h or 1d and return seconds.

    Raises:
        WindowError: the text has another form, or is nothing.
    """
    form = re.fullmatch(r"(\d+(?:\.\d+)?) ?(s|min|m|h|d)", text.strip())
    seconds = float(form[1]) * _SECONDS[form[2]] if form else 0.0
    if not 0 < seconds < LAST_NS / NS:
        raise WindowError(f"cannot read the duration {text!r}", "write a number and s, m, h or d, such as 30m")
    return seconds


def _in_range(ns: int, text: str) -> int:
    if not 0 <= ns <= LAST_NS:
        raise WindowError(f"the time {text} is before 1970 or after April 2262", "are these seconds, not milliseconds?")
    return ns


def _parse_iso(text: str) -> int:
    moment = dt.datetime.fromisoformat(text)
    below_microsecond = re.search(r"\.\d{6}(\d{1,3})", text)  # which datetime drops
    rest = int(below_microsecond[1].ljust(3, "0")) if below_microsecond else 0
    return to_ns(moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)) + rest


class TimeWindow(BaseModel):
    """A half-open interval [start_ns, end_ns) of Unix nanoseconds, never empty.

    Raises:
        WindowError: the end is not after the start.
    """

    model_config = ConfigDict(frozen=True)

    start_ns: int
    end_ns: int

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if self.end_ns <= self.start_ns:
            raise WindowError(
                f"the window {to_datetime(self.start_ns):%FT%TZ}..{to_datetime(self.end_ns):%FT%TZ} is empty",
                "give FROM..TO with TO after FROM",
            )
        return self

    @classmethod
    def parse(cls, text: str) -> TimeWindow:
        """Read `FROM..TO`, each ISO 8601 or Unix seconds.

        Raises:
            WindowError: the text has another form, or the window is empty.
        """
        start, dots, end = text.partition("..")
        if not dots:
            raise WindowError(f"cannot read the window {text!r}", "write FROM..TO")
        return cls(start_ns=parse_moment(start), end_ns=parse_moment(end))

    @classmethod
    def from_seconds(cls, start: float, end: float) -> TimeWindow:
        """Build a window from Unix seconds.

        Raises:
            WindowError: a bound is no number, before 1970 or after April 2262, or the window is empty.
        """
        if not (math.isfinite(start) and math.isfinite(end)):
            raise WindowError(f"the window {start}..{end} has no end", "give Unix seconds")
        return cls(start_ns=_in_range(round(start * NS), str(start)), end_ns=_in_range(round(end * NS), str(end)))

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return (self.end_ns - self.start_ns) / NS

    def contains(self, ns: int) -> bool:
        """Tell whether a moment lies inside."""
        return self.start_ns <= ns < self.end_ns

    def intersect(self, other: TimeWindow) -> TimeWindow | None:
        """Return the common part, or None when there is none."""
        start, end = max(self.start_ns, other.start_ns), min(self.end_ns, other.end_ns)
        return TimeWindow(start_ns=start, end_ns=end) if end > start else None

    def minus(self, other: TimeWindow) -> list[TimeWindow]:
        """Return the zero to two parts of this window that lie outside another."""
        parts = [
            (self.start_ns, min(self.end_ns, other.start_ns)),
            (max(self.start_ns, other.end_ns), self.end_ns),
        ]
        return [TimeWindow(start_ns=a, end_ns=b) for a, b in parts if b > a]

    def __str__(self) -> str:
        return f"{to_iso(self.start_ns)}..{to_iso(self.end_ns)}"


class Scope(BaseModel):
    """What an analyser compares: one incident window against one or more baseline windows.

    Windows never overlap. `bucket_ns` is the width of the time buckets in which both are summarised.
    """

    model_config = ConfigDict(frozen=True)

    incident: TimeWindow
    baseline: tuple[TimeWindow, ...]
    bucket_ns: int

    @classmethod
    def of(cls, incident: TimeWindow, baseline: list[TimeWindow]) -> Scope:
        """Cut the incident window out of the baseline and choose the bucket width.

        A twentieth of the incident window gives enough buckets to see an onset; below ten seconds
        most operations see too few requests for a quantile, above five minutes an onset is too coarse.
        """
        parts = tuple(part for window in baseline for part in window.minus(incident))
        width = min(max(incident.seconds / 20, 10.0), 300.0)
        return cls(incident=incident, baseline=parts, bucket_ns=round(width) * NS)

    @property
    def baseline_seconds(self) -> float:
        """Total length of the baseline in seconds."""
        return sum(window.seconds for window in self.baseline)
