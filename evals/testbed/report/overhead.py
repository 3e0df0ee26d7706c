"""What collecting telemetry costs the shop: paired runs with and without, in turn."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from evals.testbed.load.generator import Experience, read_journal
from evals.testbed.load.mix import Mix
from evals.testbed.system.testbed import COLLECTED, running

WARM_UP_SECONDS = 10.0
RATE = 8.0


@dataclass(frozen=True, slots=True)
class Pair:
    """95th percentiles of all requests in seconds, in one run without and one with a collector."""

    without: float
    collected: float

    @property
    def overhead(self) -> float:
        """Return how much longer it takes with a collector, as a fraction."""
        return self.collected / self.without - 1


def measure(pairs: int, seconds: float, seed: int, tell: Callable[[str, float], None]) -> list[Pair]:
    """Run the shop with the same customers without and with a collector, alternating which comes first.

    Args:
        pairs: number of pairs.
        seconds: length of each run, after warming up.
        seed: of what customers do; the same in both runs of a pair.
        tell: told about progress.

    Raises:
        PrerequisiteError: a program is missing, or the system does not come up.
    """
    found = []
    for number in range(pairs):
        p95 = {}
        for telemetry in ("", COLLECTED) if number % 2 == 0 else (COLLECTED, ""):
            tell(f"pair {number + 1}, {'with' if telemetry else 'without'} a collector", number / pairs)
            p95[telemetry] = percentile(_run(telemetry, seconds, seed + number))
        found.append(Pair(without=p95[""], collected=p95[COLLECTED]))
    return found


def _run(telemetry: str, seconds: float, seed: int) -> list[Experience]:
    with running(telemetry) as system:
        system.set_mix(Mix(rate=RATE))
        system.start_load(seed)
        time.sleep(WARM_UP_SECONDS)
        begin = time.time()
        time.sleep(seconds)
        return [one for one in read_journal(system.plan.folder) if one.time_unix >= begin]


def percentile(seen: Sequence[Experience], share: float = 0.95) -> float:
    """Return the mean of the routes' percentiles, each weighted by its number of requests."""
    routes = {one.route for one in seen}
    by_route = [sorted(one.seconds for one in seen if one.route == route) for route in routes]
    high = [(durations[int(len(durations) * share)], len(durations)) for durations in by_route]
    return sum(value * count for value, count in high) / sum(count for _, count in high)


def describe(pairs: Sequence[Pair]) -> str:
    """Return one line a pair, and the median overhead."""
    lines = [
        f"pair {number}: p95 {pair.without * 1e3:.1f} ms without, {pair.collected * 1e3:.1f} ms with a collector, "
        f"{pair.overhead:+.1%}"
        for number, pair in enumerate(pairs, 1)
    ]
    return "\n".join([*lines, f"median overhead {median(pair.overhead for pair in pairs):+.1%}"])
