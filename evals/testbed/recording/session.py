"""One system that stays up between recordings: healed after each, replaced when it does not get well."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType

from evals.testbed.faults.fault import Fault
from evals.testbed.load.generator import Experience, read_journal
from evals.testbed.load.mix import Mix
from evals.testbed.recording.incident_folder import put_in_place, symptom_of, write_recording, write_telemetry
from evals.testbed.recording.plan import Course, RecordingPlan
from evals.testbed.recording.recovery import wait_until_well
from evals.testbed.recording.stretches import Stretches, Tell
from evals.testbed.recording.take import take
from evals.testbed.system.testbed import COLLECTED, DemoSystem, running
from tools.errors import PrerequisiteError, WhydownError
from tools.window import TimeWindow

WARM_UP_SECONDS = 15.0
"""Connections, caches and just-in-time costs of the first requests are no part of a recording."""
DELIVERY_SECONDS = 10.0
"""Time until the last telemetry is in the collector's files: one metrics export and one compaction."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a session says of a recording: how long it took, and seconds from fault to alarm, None for no alarm."""

    seconds: float
    alarm_seconds: float | None


class Session:
    """Records one case after the other. A context; the system is started when it is first needed.

    Args:
        mix: what customers do.
        seed: of their stream of requests.
    """

    def __init__(self, mix: Mix, seed: int) -> None:
        self._mix = mix
        self._seed = seed
        self._exit = contextlib.ExitStack()
        self._system: DemoSystem | None = None
        self._normal: list[tuple[float, float]] = []
        self._healed = 0.0

    def __enter__(self) -> Session:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.leave()

    def leave(self) -> None:
        """End the system; the next recording gets a fresh one."""
        self._system = None
        self._normal = []
        self._exit.close()

    def record_baseline(self, into: Path, seconds: float, tell: Tell) -> None:
        """Record a stretch in which nothing happens, telemetry only."""
        system = self._ready(tell)
        begin = time.time()
        Stretches(seconds, tell).pass_by(seconds, "baseline")
        end = time.time()
        self._normal.append((begin, end))
        time.sleep(DELIVERY_SECONDS)
        window = TimeWindow.from_seconds(begin, end)
        put_in_place(write_telemetry(window, system.plan.folder / COLLECTED, into))

    def record(self, plan: RecordingPlan, tell: Tell) -> Taken:
        """Record one case and heal the system.

        Raises:
            InputError: there is no such fault.
            PrerequisiteError: this machine cannot inject it, or the system does not come up.
        """
        started = time.monotonic()
        fault = plan.find_fault()
        system = self._ready(tell)
        try:
            course = take(plan, fault, system, tell)
        except WhydownError:
            self.leave()
            raise
        healed = self._heal(system, fault)
        tell("healing", 1.0)
        time.sleep(DELIVERY_SECONDS)
        course = self._experienced(system, course)
        write_recording(plan, course, system.plan.folder / COLLECTED)
        self._normal.append((course.begin, course.onset))
        if not healed:
            self.leave()
        symptom = symptom_of(course)
        return Taken(time.monotonic() - started, symptom.detected_unix - course.onset if symptom else None)

    def _ready(self, tell: Tell) -> DemoSystem:
        """Return a system that is well; a fresh one where the old one stays ill."""
        if self._system is not None:
            tell("waiting until the shop is well", 0.0)
            if self._well(self._system):
                return self._system
            self.leave()
        tell("starting the shop", 0.0)
        self._system = self._exit.enter_context(running(COLLECTED))
        self._system.set_mix(self._mix)
        self._system.start_load(self._seed)
        tell("warming up", 0.0)
        time.sleep(WARM_UP_SECONDS)
        if not self._well(self._system):
            self.leave()
            raise PrerequisiteError("the demo system does not serve its customers well", "is the machine overloaded?")
        return self._system

    def _well(self, system: DemoSystem) -> bool:
        usual = _within(read_journal(system.plan.folder), self._normal)
        return wait_until_well(system, usual, self._healed)

    def _heal(self, system: DemoSystem, fault: Fault | None) -> bool:
        try:
            if fault is not None:
                fault.heal(system)
        except WhydownError:
            return False
        finally:
            self._healed = time.time()
        return True

    def _experienced(self, system: DemoSystem, course: Course) -> Course:
        journal = read_journal(system.plan.folder)
        seen = _within(journal, [(course.begin, course.end)])
        return replace(course, seen=seen, before=_within(journal, self._normal))


def _within(seen: Sequence[Experience], stretches: Sequence[tuple[float, float]]) -> list[Experience]:
    return [one for one in seen if any(begin <= one.time_unix < end for begin, end in stretches)]
