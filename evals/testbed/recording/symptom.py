"""What a responder knows: the symptom as customers felt it, and windows around it. Made without the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evals.testbed.load.generator import Experience
from tools.window import NS, TimeWindow, to_datetime

SLOW_FACTOR = 1.5
SLOW_SECONDS = 0.1
"""A request is bad if it fails, or takes this many times the 95th percentile of normal ones on its route and
this much more: what nobody feels rings no alarm."""
ALARM_SECONDS = 15.0
ALARM_SHARE = 0.25
ALARM_LEAST = 4
"""An alarm rings when this share of a route's requests, and this many, were bad within the last seconds."""


@dataclass(frozen=True, slots=True)
class Symptom:
    """What was noticed: the route, when it began and was noticed (Unix seconds), and a sentence."""

    route: str
    start_unix: float
    detected_unix: float
    text: str


def find_symptom(seen: Sequence[Experience], watched: TimeWindow) -> Symptom | None:
    """Watch customers' experience as an alarm would.

    Args:
        seen: all requests, in any order.
        watched: the time in which the alarm is armed; what lies before it is normal.

    Returns:
        The first alarm; None when none rings.
    """
    alarms = [_watch(route, seen, watched) for route in sorted({one.route for one in seen})]
    ringing = [alarm for alarm in alarms if alarm is not None]
    return min(ringing, key=lambda alarm: alarm.detected_unix, default=None)


def _watch(route: str, seen: Sequence[Experience], watched: TimeWindow) -> Symptom | None:
    mine = sorted((one for one in seen if one.route == route), key=lambda one: one.time_unix)
    before = [one for one in mine if one.time_unix * NS < watched.start_ns]
    during = [one for one in mine if watched.contains(round(one.time_unix * NS))]
    if not before or not during:
        return None
    normal = float(np.quantile([one.seconds for one in before], 0.95))
    usual = float(np.mean([_bad(one, normal) for one in before]))
    for index, last in enumerate(during):
        recent = [one for one in during[: index + 1] if one.time_unix > last.time_unix - ALARM_SECONDS]
        bad = [one for one in recent if _bad(one, normal)]
        if len(bad) >= ALARM_LEAST and len(bad) / len(recent) >= max(ALARM_SHARE, 3 * usual):
            return Symptom(
                route, bad[0].time_unix, last.time_unix + last.seconds, _describe(route, normal, during, bad)
            )
    return None


def _bad(one: Experience, normal: float) -> bool:
    return one.status == 0 or one.status >= 500 or one.seconds > max(SLOW_FACTOR * normal, normal + SLOW_SECONDS)


def _describe(route: str, normal: float, during: Sequence[Experience], bad: Sequence[Experience]) -> str:
    """Say what customers feel from the first bad request on."""
    after = [one for one in during if one.time_unix >= bad[0].time_unix]
    failed = sum(one.status == 0 or one.status >= 500 for one in after) / len(after)
    slow = float(np.quantile([one.seconds for one in after], 0.95))
    since = f"{to_datetime(round(bad[0].time_unix * NS)):%H:%M:%S} UTC"
    parts = []
    if failed >= 0.01:
        parts.append(f"{failed:.0%} of requests fail")
    if slow > SLOW_FACTOR * normal:
        parts.append(f"the 95th percentile is {slow:.2g} s instead of {normal:.2g} s")
    return f"Customers have trouble with {route} since {since}: {' and '.join(parts) or 'it is erratic'}."
