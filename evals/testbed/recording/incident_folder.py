"""Write a recording as an incident folder: what a responder would have, without the answer."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path

from evals.testbed.recording.answer import Answer, answer_of, healthy_answer
from evals.testbed.recording.consolidate import consolidate
from evals.testbed.recording.plan import SYSTEM, Course, RecordingPlan
from evals.testbed.recording.symptom import Symptom, find_symptom
from tools.incident import IncidentFile
from tools.window import NS, TimeWindow, to_datetime

LEAD_SECONDS = (5.0, 20.0)
"""How much earlier than the first bad request a responder lets the incident begin."""
PARTIAL = ".partial"
"""Ending of a folder that is not complete yet."""


def write_recording(plan: RecordingPlan, course: Course, collected: Path) -> Answer:
    """Write the incident folder, then the answer, each complete or not at all; return the answer.

    Args:
        plan: what was recorded.
        course: how it went.
        collected: the folder a collector wrote to.
    """
    partial = write_telemetry(course.window, collected, plan.into)
    changes = json.dumps(course.changes, indent=1)
    (partial / "changes.json").write_text(changes + "\n", encoding="utf-8")
    file = incident_file(plan, course)
    (partial / "incident.json").write_text(file.model_dump_json(indent=1) + "\n", encoding="utf-8")
    put_in_place(partial)
    answer = _answer(plan, course)
    answer.write(plan.answer)
    return answer


def write_telemetry(window: TimeWindow, collected: Path, into: Path) -> Path:
    """Write the signals of a window into a partial folder beside `into` and return that."""
    partial = into.with_name(into.name + PARTIAL)
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    consolidate(collected, partial, window)
    return partial


def put_in_place(partial: Path) -> None:
    """Give a complete folder its name; what an interrupted recording left there goes."""
    target = partial.with_name(partial.name.removesuffix(PARTIAL))
    shutil.rmtree(target, ignore_errors=True)
    partial.rename(target)


def _answer(plan: RecordingPlan, course: Course) -> Answer:
    fault = plan.find_fault()
    if fault is None:
        return healthy_answer(plan.seed)
    severity = fault.knob.default if plan.severity is None else plan.severity
    return answer_of(fault, severity, round(course.onset, 3), plan.seed)


def symptom_of(course: Course) -> Symptom | None:
    """Return the alarm that rang in a recording; None when none did."""
    watched = TimeWindow.from_seconds(course.onset - 1, course.end)
    return find_symptom([*course.before, *course.seen], watched)


def incident_file(plan: RecordingPlan, course: Course) -> IncidentFile:
    """Return what a responder knows: the symptom, and windows that are only about right."""
    symptom = symptom_of(course) or _complaint(plan, course)
    lead = random.Random(plan.seed).uniform(*LEAD_SECONDS)
    cut = max(symptom.start_unix - lead, course.begin + plan.normal_seconds / 2)
    return IncidentFile(
        case_id=plan.case_id,
        system=SYSTEM,
        description=symptom.text,
        service="gateway" if symptom.route else "",
        operation=symptom.route,
        symptom_start_unix=round(symptom.start_unix, 1),
        detected_at_unix=round(symptom.detected_unix, 1),
        normal_window_unix=(round(course.begin, 1), round(cut, 1)),
        fault_window_unix=(round(cut, 1), round(course.end, 1)),
        baseline=plan.baseline,
    )


def _complaint(plan: RecordingPlan, course: Course) -> Symptom:
    """Return what is reported where no alarm rings: a customer's complaint, or nothing but a routine check."""
    fault = plan.find_fault()
    since = course.onset + random.Random(plan.seed + 1).uniform(0, 10)
    noticed = min(since + plan.fault_seconds / 2, course.end)
    moment = f"{to_datetime(round(since * NS)):%H:%M} UTC"
    if fault is not None and fault.complaint:
        return Symptom("", since, noticed, f"{fault.complaint} since about {moment}.")
    return Symptom("", since, noticed, f"No alarm. A routine check asks whether all is well since {moment}.")
