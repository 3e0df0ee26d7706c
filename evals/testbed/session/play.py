"""The live story of one fault: start, customers, fault, alarm, investigation, answer, repair, relief."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from agent.investigation import investigate
from agent.schema import Incident, Report
from evals.testbed.faults.catalogue import find_fault
from evals.testbed.faults.fault import Fault
from evals.testbed.load.generator import Experience, read_journal
from evals.testbed.load.mix import Mix
from evals.testbed.recording.symptom import Symptom, find_symptom
from evals.testbed.system.testbed import COLLECTED, DemoSystem, running
from tools.config import Settings
from tools.window import TimeWindow

RATE = 8.0
WARM_UP_SECONDS = 10.0
NORMAL_SECONDS = 45.0
ALARM_SECONDS = 40.0
"""How long an alarm is waited for; some faults ring none, and are noticed by a complaint."""
EVIDENCE_SECONDS = 25.0
"""An investigation that starts with the first bad request has nothing to go by."""
DELIVERY_SECONDS = 12.0
"""Time until the last telemetry is where the investigation reads it: one export and one compaction."""
RELIEF_SECONDS = 25.0
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Feeling:
    """How a route felt for a while: 95th percentile in seconds, share of failed requests."""

    p95: float
    failed: float
    requests: int


@dataclass(frozen=True, slots=True)
class Story:
    """What happened. `report_seconds` runs from the first bad request to the report, fault included."""

    fault: Fault
    symptom: Symptom | None
    report: Report
    report_seconds: float
    route: str
    before: Feeling
    during: Feeling
    after: Feeling

    @property
    def rank(self) -> int | None:
        """Return the rank of the first right hypothesis; None when there is none."""
        right = {self.fault.component, *self.fault.accept, *(other.component for other in self.fault.also)}
        return next((one.rank for one in self.report.hypotheses if one.component in right), None)


def play(name: str, severity: float | None, seed: int, settings: Settings, say: Say) -> Story:
    """Play one fault on a system of its own.

    Args:
        name: the fault.
        severity: its strength; None for the usual one.
        seed: of what customers do.
        settings: configuration of the investigation.
        say: told what happens, one line each.

    Raises:
        InputError: there is no such fault.
        PrerequisiteError: a program is missing, or the system does not come up.
    """
    fault = find_fault(name)
    say("starting the shop: its services, PostgreSQL, Redis, a collector")
    with running(COLLECTED) as system:
        system.set_mix(Mix(rate=RATE))
        system.start_load(seed)
        time.sleep(WARM_UP_SECONDS)
        begin = time.time()
        say(f"customers are in, {RATE:g} requests a second; {NORMAL_SECONDS:g} s of a normal day")
        time.sleep(NORMAL_SECONDS)
        fault.inject(system, severity)
        onset = time.time()
        say("a fault is injected; waiting for an alarm")
        symptom = _wait_for_alarm(system, begin, onset)
        say(symptom.text if symptom else "no alarm rings; " + (fault.complaint or "nobody complains"))
        time.sleep(max(0.0, EVIDENCE_SECONDS - (time.time() - onset)) + DELIVERY_SECONDS)
        say("investigating")
        end = time.time()
        report = _investigate(system, fault, symptom, (begin, onset, end - DELIVERY_SECONDS / 2), settings)
        asked = symptom.start_unix if symptom else onset
        took = time.time() - asked
        say("repairing, and looking whether that helps")
        fault.heal(system)
        time.sleep(RELIEF_SECONDS)
        seen = read_journal(system.plan.folder)
        healed = time.time()
    route = symptom.route if symptom else "POST /checkout"
    return Story(
        fault=fault,
        symptom=symptom,
        report=report,
        report_seconds=took,
        route=route,
        before=feeling(seen, route, begin, onset),
        during=feeling(seen, route, asked, end),
        after=feeling(seen, route, healed - RELIEF_SECONDS / 2, healed),
    )


def _wait_for_alarm(system: DemoSystem, begin: float, onset: float) -> Symptom | None:
    deadline = time.monotonic() + ALARM_SECONDS
    while time.monotonic() < deadline:
        seen = [one for one in read_journal(system.plan.folder) if one.time_unix >= begin]
        found = find_symptom(seen, TimeWindow.from_seconds(onset - 1, time.time()))
        if found is not None:
            return found
        time.sleep(1.0)
    return None


def _investigate(
    system: DemoSystem, fault: Fault, symptom: Symptom | None, times: tuple[float, float, float], settings: Settings
) -> Report:
    begin, onset, end = times
    start = (symptom.start_unix if symptom else onset) - 2
    asked = Incident(
        folder=_telemetry(system),
        symptom=symptom.text if symptom else fault.complaint,
        service="gateway" if symptom else "",
        incident_window=TimeWindow.from_seconds(start, end),
        baseline_window=TimeWindow.from_seconds(begin, start),
    )
    return investigate(asked, settings)


def _telemetry(system: DemoSystem) -> Path:
    return system.plan.folder / COLLECTED


def feeling(seen: Sequence[Experience], route: str, start: float, end: float) -> Feeling:
    """Return how a route felt between two moments (Unix seconds); zeros when nobody asked for it."""
    mine = [one for one in seen if one.route == route and start <= one.time_unix < end]
    if not mine:
        return Feeling(0.0, 0.0, 0)
    failed = sum(one.status == 0 or one.status >= 500 for one in mine) / len(mine)
    return Feeling(float(np.quantile([one.seconds for one in mine], 0.95)), failed, len(mine))
