"""Whether the shop is well again after a fault, as its customers feel it."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np

from evals.testbed.load.generator import Experience, read_journal
from evals.testbed.system.testbed import DemoSystem

WATCH_SECONDS = 8.0
LEAST_REQUESTS = 15
LEAST_OF_A_ROUTE = 3
SLOW_FACTOR = 2.0
GIVE_UP_SECONDS = 45.0


def wait_until_well(testbed: DemoSystem, usual: Sequence[Experience], since: float) -> bool:
    """Wait until customers are served as usual; False when that takes too long.

    Args:
        testbed: the system.
        usual: requests of normal stretches; none to require only that nothing fails.
        since: Unix seconds; what began earlier says nothing.
    """
    deadline = time.monotonic() + GIVE_UP_SECONDS
    while time.monotonic() < deadline:
        recent = [one for one in read_journal(testbed.plan.folder) if one.time_unix >= since]
        if is_well(recent, usual, time.time()) and _all_up(testbed):
            return True
        time.sleep(1.0)
    return False


def is_well(recent: Sequence[Experience], usual: Sequence[Experience], now: float) -> bool:
    """Tell whether the last seconds before `now` (Unix seconds) hold enough requests, and all went as usual."""
    last = [one for one in recent if now - WATCH_SECONDS <= one.time_unix <= now]
    if len(last) < LEAST_REQUESTS or any(one.status == 0 or one.status >= 500 for one in last):
        return False
    return all(_as_quick(route, last, usual) for route in {one.route for one in last})


def _as_quick(route: str, last: Sequence[Experience], usual: Sequence[Experience]) -> bool:
    now = [one.seconds for one in last if one.route == route]
    before = [one.seconds for one in usual if one.route == route]
    if len(now) < LEAST_OF_A_ROUTE or not before:
        return True
    return bool(np.median(now) <= SLOW_FACTOR * np.median(before))


def _all_up(testbed: DemoSystem) -> bool:
    return all(process["pid"] for process in testbed.order("status")["processes"].values())
