"""What collecting telemetry costs the shop: two shops side by side, with and without."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from evals.measures.bootstrap import median_interval
from evals.testbed.load.generator import Experience, read_journal
from evals.testbed.load.mix import Mix
from evals.testbed.system.keeper import COLLECTOR
from evals.testbed.system.testbed import COLLECTED, DemoSystem, running

WARM_UP_SECONDS = 10.0
RATE = 6.0


@dataclass(frozen=True, slots=True)
class Pair:
    """95th percentiles of all requests in seconds, without and with a collector."""

    without: float
    collected: float

    @property
    def overhead(self) -> float:
        """Return how much longer it takes with a collector, as a fraction."""
        return self.collected / self.without - 1


@dataclass(frozen=True, slots=True)
class Overhead:
    """What collecting costs: stretches side by side, and CPU in cores over all of them."""

    pairs: Sequence[Pair]
    bare_cores: float
    watched_cores: float
    collector_cores: float


def measure(pairs: int, seconds: float, seed: int, tell: Callable[[str, float], None]) -> Overhead:
    """Let the same customers into two shops at the same time, of which one has its telemetry collected.

    Whatever else the machine does then slows both alike; runs in turn differed by more than what is measured.
    What the collector takes from the cores slows both as well, and shows only in the CPU times.

    Args:
        pairs: number of stretches that are compared.
        seconds: length of each.
        seed: of what customers do.
        tell: told about progress.

    Raises:
        PrerequisiteError: a program is missing, or a system does not come up.
    """
    tell("starting two shops", 0.0)
    with running() as bare, running(COLLECTED) as watched:
        for system in (bare, watched):
            system.set_mix(Mix(rate=RATE))
            system.start_load(seed)
        time.sleep(WARM_UP_SECONDS)
        begin, used = time.time(), _cpu(bare, watched)
        for number in range(pairs):
            tell(f"stretch {number + 1} of {pairs}", number / pairs)
            time.sleep(seconds)
        used = [(after - before) / (pairs * seconds) for before, after in zip(used, _cpu(bare, watched), strict=True)]
        seen = [read_journal(system.plan.folder) for system in (bare, watched)]
    starts = [begin + number * seconds for number in range(pairs)]
    both = [Pair(*(percentile(_within(one, start, start + seconds)) for one in seen)) for start in starts]
    return Overhead(both, *used)


def _cpu(bare: DemoSystem, watched: DemoSystem) -> list[float]:
    return [bare.cpu_seconds(), watched.cpu_seconds(), watched.cpu_seconds(COLLECTOR)]


def _within(seen: Sequence[Experience], start: float, end: float) -> list[Experience]:
    return [one for one in seen if start <= one.time_unix < end]


def percentile(seen: Sequence[Experience], share: float = 0.95) -> float:
    """Return the mean of the routes' percentiles, each weighted by its number of requests."""
    routes = {one.route for one in seen}
    by_route = [sorted(one.seconds for one in seen if one.route == route) for route in routes]
    high = [(durations[int(len(durations) * share)], len(durations)) for durations in by_route]
    return sum(value * count for value, count in high) / sum(count for _, count in high)


def describe(found: Overhead) -> str:
    """Return one line a pair, the CPU, then the median of the paired differences with its interval."""
    pairs = found.pairs
    lines = [
        f"pair {number}: p95 {pair.without * 1e3:.1f} ms without, {pair.collected * 1e3:.1f} ms with a collector, "
        f"{pair.overhead:+.1%}"
        for number, pair in enumerate(pairs, 1)
    ]
    shares = [pair.overhead for pair in pairs]
    low, high = median_interval(shares) or (0.0, 0.0)
    middle = f"median of the paired differences {median(shares):+.1%}, 95 % interval {low:+.1%} to {high:+.1%}"
    cpu = (
        f"CPU of all processes {found.bare_cores:.3f} cores without, {found.watched_cores:.3f} with a collector, "
        f"of which {found.collector_cores:.3f} are the collector's own"
    )
    return "\n".join([*lines, cpu, middle])
