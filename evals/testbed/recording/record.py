"""Record one incident: run the shop as usual, break it, and keep what a responder would have."""

from __future__ import annotations

import json
import random
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from evals.testbed.faults.catalogue import HEALTHY, find_fault
from evals.testbed.faults.fault import Fault
from evals.testbed.load.generator import Experience, read_journal
from evals.testbed.load.mix import Mix
from evals.testbed.recording.answer import Answer, answer_of, healthy_answer
from evals.testbed.recording.consolidate import consolidate
from evals.testbed.recording.routine import Routine
from evals.testbed.recording.stretches import Stretches, Tell
from evals.testbed.recording.symptom import Symptom, find_symptom
from evals.testbed.system.testbed import COLLECTED, DemoSystem, running
from tools.errors import FolderError
from tools.incident import IncidentFile
from tools.window import NS, TimeWindow, to_datetime

SYSTEM = "shop"
WARM_UP_SECONDS = 15.0
"""Connections, caches and just-in-time costs of the first requests are no part of a recording."""
SETTLE_SECONDS = 7.0
"""Time for the last spans and metrics to arrive: one metrics export and a little more."""
LEAD_SECONDS = (5.0, 20.0)
"""How much earlier than the first bad request a responder lets the incident begin."""


@dataclass(frozen=True, slots=True)
class RecordingPlan:
    """What to record. `fault` is a name from the catalogue or `healthy`; seconds of the two stretches."""

    fault: str
    into: Path
    answer: Path
    seed: int = 1
    normal_seconds: float = 100.0
    fault_seconds: float = 80.0
    severity: float | None = None
    rate: float = 6.0
    case_id: str = ""
    baseline: str = ""


@dataclass(frozen=True, slots=True)
class _Course:
    """What happened when, Unix seconds."""

    begin: float
    onset: float
    end: float
    seen: list[Experience]
    changes: list[dict[str, object]]


def record(plan: RecordingPlan, tell: Tell) -> Answer:
    """Record an incident folder and its answer, and return the answer.

    Raises:
        InputError: there is no such fault.
        FolderError: the folder exists already.
        PrerequisiteError: a program is missing, or the system does not come up.
    """
    fault = None if plan.fault == HEALTHY else find_fault(plan.fault)
    if plan.into.exists() and any(plan.into.iterdir()):
        raise FolderError(f"{plan.into} is not empty", "choose another folder for the recording")
    tell("starting the shop", 0.0)
    with running(COLLECTED) as testbed:
        course = _run(plan, fault, testbed, tell)
        tell("writing the folder", 1.0)
        plan.into.mkdir(parents=True, exist_ok=True)
        _write(plan, fault, course, testbed.plan.folder / COLLECTED)
    severity = plan.severity if plan.severity is not None else (fault.knob.default if fault else 0.0)
    answer = answer_of(fault, severity, round(course.onset, 3), plan.seed) if fault else healthy_answer(plan.seed)
    answer.write(plan.answer)
    return answer


def _run(plan: RecordingPlan, fault: Fault | None, testbed: DemoSystem, tell: Tell) -> _Course:
    """Go through the recording, and leave the system shut down."""
    stretches = Stretches(WARM_UP_SECONDS + plan.normal_seconds + plan.fault_seconds + SETTLE_SECONDS, tell)
    testbed.set_mix(Mix(rate=plan.rate))
    testbed.start_load(plan.seed)
    if fault is not None:
        fault.prepare(testbed)
    stretches.pass_by(WARM_UP_SECONDS, "warming up")
    begin = time.time()
    routine = Routine(testbed, random.Random(plan.seed), plan.normal_seconds + plan.fault_seconds)
    stretches.pass_by(plan.normal_seconds, "normal", routine.step)
    onset = time.time()
    if fault is not None:
        fault.inject(testbed, plan.severity)
    stretches.pass_by(plan.fault_seconds, "fault" if fault else "still normal", routine.step)
    end = time.time()
    stretches.pass_by(SETTLE_SECONDS, "settling")
    testbed.shut_down()
    seen = [one for one in read_journal(testbed.plan.folder) if begin <= one.time_unix < end]
    changes = [change for change in testbed.changes() if begin <= float(str(change["time_unix"])) < end]
    return _Course(begin, onset, end, seen, changes)


def _write(plan: RecordingPlan, fault: Fault | None, course: _Course, scratch: Path) -> None:
    window = TimeWindow.from_seconds(course.begin, course.end)
    try:
        consolidate(scratch, plan.into, window)
        (plan.into / "changes.json").write_text(json.dumps(course.changes, indent=1) + "\n", encoding="utf-8")
        file = incident_file(plan, fault, course)
        (plan.into / "incident.json").write_text(file.model_dump_json(indent=1) + "\n", encoding="utf-8")
    except OSError:
        shutil.rmtree(plan.into, ignore_errors=True)
        raise


def incident_file(plan: RecordingPlan, fault: Fault | None, course: _Course) -> IncidentFile:
    """Return what a responder knows: the symptom, and windows that are only about right."""
    watched = TimeWindow.from_seconds(course.onset - 1, course.end)
    symptom = find_symptom(course.seen, watched) or _complaint(plan, fault, course)
    lead = random.Random(plan.seed).uniform(*LEAD_SECONDS)
    cut = max(symptom.start_unix - lead, course.begin + plan.normal_seconds / 2)
    route = symptom.route.partition(" ")
    return IncidentFile(
        case_id=plan.case_id,
        system=SYSTEM,
        description=symptom.text,
        service="gateway" if route[2] else "",
        operation=symptom.route,
        symptom_start_unix=round(symptom.start_unix, 1),
        detected_at_unix=round(symptom.detected_unix, 1),
        normal_window_unix=(round(course.begin, 1), round(cut, 1)),
        fault_window_unix=(round(cut, 1), round(course.end, 1)),
        baseline=plan.baseline,
    )


def _complaint(plan: RecordingPlan, fault: Fault | None, course: _Course) -> Symptom:
    """Return what is reported where no alarm rings: a customer's complaint, or nothing but a routine check."""
    since = course.onset + random.Random(plan.seed + 1).uniform(0, 10)
    noticed = min(since + plan.fault_seconds / 2, course.end)
    moment = f"{to_datetime(round(since * NS)):%H:%M} UTC"
    if fault is not None and fault.complaint:
        return Symptom("", since, noticed, f"{fault.complaint} since about {moment}.")
    return Symptom("", since, noticed, f"No alarm. A routine check asks whether all is well since {moment}.")
