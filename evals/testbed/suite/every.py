"""The suite under every fault, one after the other on one shop, and the table of what fails."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from evals.testbed.faults.catalogue import FAULTS, HEALTHY
from evals.testbed.faults.fault import Fault
from evals.testbed.load.mix import Mix
from evals.testbed.recording.recovery import wait_until_well
from evals.testbed.suite.run import JUNIT, read_junit, run_pytest
from evals.testbed.system.testbed import DemoSystem, running
from tools.errors import WhydownError

TAKES_HOLD_SECONDS = 3.0
"""Between the injection and the tests: a pool is not empty at once, a queue not long."""
CUSTOMERS = Mix(rate=3.0)
"""Let in between two runs to see whether the shop is well again, and only then."""
AGAIN = f"{HEALTHY}-again"
"""Name of the run after all others: what fails in it too is not the last fault's doing."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What the suite said under a fault; `reason` tells why it could not be run."""

    fault: str
    passed: int = 0
    failed: tuple[str, ...] = ()
    reason: str = ""


def try_every(into: Path, names: Sequence[str], say: Callable[[str], None]) -> list[Tried]:
    """Run the suite on the healthy shop, then under each fault, then on the healed shop.

    A run that is there already is not repeated, so an interrupted one can be gone on with. A shop that does
    not get well is replaced.

    Args:
        into: folder for a folder each, with junit.xml and suite.log.
        names: of the faults.
        say: told the outcome of each run.

    Raises:
        PrerequisiteError: a program is missing, or the system does not come up.
    """
    wanted = [HEALTHY, *names, AGAIN]
    left = [name for name in wanted if not (into / name / JUNIT).exists()]
    found: dict[str, Tried] = {}
    while left:
        with running() as system:
            while left:
                name = left.pop(0)
                found[name] = _try(system, into, name)
                say(f"{name}: {_words(found[name])}")
                if left and not _well(system):
                    break
    return [found.get(name) or _read(into, name) for name in wanted]


def _try(system: DemoSystem, into: Path, name: str) -> Tried:
    try:
        with _broken(system, FAULTS.get(name)):
            run_pytest(system, into / name)
    except WhydownError as error:
        return Tried(name, reason=str(error))
    return _read(into, name)


@contextmanager
def _broken(system: DemoSystem, fault: Fault | None) -> Iterator[None]:
    """Keep a fault in the shop for as long as the context is open."""
    if fault is None:
        yield
        return
    try:
        fault.inject(system)
        time.sleep(TAKES_HOLD_SECONDS)
        yield
    finally:
        fault.heal(system)


def _well(system: DemoSystem) -> bool:
    """Let customers in until they are served well; False when the shop stays ill."""
    system.set_mix(CUSTOMERS)
    system.start_load(seed=1)
    try:
        return wait_until_well(system, (), time.time())
    finally:
        system.stop_load()


def _read(into: Path, name: str) -> Tried:
    passed, failed = read_junit(into / name / JUNIT)
    return Tried(name, passed, failed)


def _words(tried: Tried) -> str:
    return tried.reason or f"{tried.passed} passed, {len(tried.failed)} failed"


def markdown(every: Iterable[Tried]) -> str:
    """Return the table fault × failed tests, runs on the healthy shop first and last."""
    lines = ["| fault | kind | failed | tests that fail |", "| --- | --- | ---: | --- |"]
    for tried in every:
        fault = FAULTS.get(tried.fault)
        kind = fault.kind.value if fault and fault.kind else "none"
        count = "not run" if tried.reason else f"{len(tried.failed)} of {tried.passed + len(tried.failed)}"
        lines.append(f"| {tried.fault} | {kind} | {count} | {tried.reason or names_of(tried.failed)} |")
    return "\n".join(lines)


def names_of(failed: Iterable[str]) -> str:
    """Return the tests in words, those that differ by a parameter only once with their number."""
    words = Counter(
        name.rpartition("::")[2].partition("[")[0].removeprefix("test_").replace("_", " ") for name in failed
    )
    return "; ".join(f"{name} × {number}" if number > 1 else name for name, number in words.items())
