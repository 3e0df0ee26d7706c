"""What collecting telemetry costs the shop: paired runs with and without, in turn."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from evals.measures.bootstrap import median_interval
from evals.testbed.load.generator import Experience, read_journal
from evals.testbed.load.mix import Mix
from evals.testbed.system.testbed import COLLECTED, DemoSystem, running

WARM_UP_SECONDS = 10.0
RATE = 12.0


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
    """Keep two shops up, with and without a collector, and let the same customers into one after the other.

    Short runs in turn see the same noise of the machine; which one comes first alternates.

    Args:
        pairs: number of pairs.
        seconds: length of each run.
        seed: of what customers do; the same in both runs of a pair.
        tell: told about progress.

    Raises:
        PrerequisiteError: a program is missing, or a system does not come up.
    """
    found = []
    tell("starting two shops", 0.0)
    with running() as bare, running(COLLECTED) as watched:
        for system in (bare, watched):
            _run(system, WARM_UP_SECONDS, seed)
        for number in range(pairs):
            tell(f"pair {number + 1} of {pairs}", number / pairs)
            turn = (bare, watched) if number % 2 == 0 else (watched, bare)
            p95 = {system.plan.folder: percentile(_run(system, seconds, seed + number)) for system in turn}
            found.append(Pair(without=p95[bare.plan.folder], collected=p95[watched.plan.folder]))
    return found


def _run(system: DemoSystem, seconds: float, seed: int) -> list[Experience]:
    system.set_mix(Mix(rate=RATE))
    begin = time.time()
    system.start_load(seed)
    time.sleep(seconds)
    system.stop_load()
    return [one for one in read_journal(system.plan.folder) if one.time_unix >= begin]


def percentile(seen: Sequence[Experience], share: float = 0.95) -> float:
    """Return the mean of the routes' percentiles, each weighted by its number of requests."""
    routes = {one.route for one in seen}
    by_route = [sorted(one.seconds for one in seen if one.route == route) for route in routes]
    high = [(durations[int(len(durations) * share)], len(durations)) for durations in by_route]
    return sum(value * count for value, count in high) / sum(count for _, count in high)


def describe(pairs: Sequence[Pair]) -> str:
    """Return one line a pair, then the median of the paired differences with its interval."""
    lines = [
        f"pair {number}: p95 {pair.without * 1e3:.1f} ms without, {pair.collected * 1e3:.1f} ms with a collector, "
        f"{pair.overhead:+.1%}"
        for number, pair in enumerate(pairs, 1)
    ]
    shares = [pair.overhead for pair in pairs]
    low, high = median_interval(shares) or (0.0, 0.0)
    middle = f"median of the paired differences {median(shares):+.1%}, 95 % interval {low:+.1%} to {high:+.1%}"
    return "\n".join([*lines, middle])
