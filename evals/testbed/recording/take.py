"""One take on a running system: a normal stretch, the fault, a faulty stretch."""

from __future__ import annotations

import random
import time

from evals.testbed.faults.fault import Fault
from evals.testbed.recording.plan import Course, RecordingPlan
from evals.testbed.recording.routine import Routine
from evals.testbed.recording.stretches import Stretches, Tell
from evals.testbed.system.testbed import DemoSystem

OFFSET_SECONDS = (0.0, 6.0)
"""How much later than planned the fault comes, so that nobody can tell its moment from the recording's length."""


def take(plan: RecordingPlan, fault: Fault | None, testbed: DemoSystem, tell: Tell) -> Course:
    """Let a normal stretch pass, inject the fault, let a faulty stretch pass; the fault stays.

    Raises:
        PrerequisiteError: this machine cannot inject the fault.
    """
    rng = random.Random(plan.seed)
    normal = plan.normal_seconds + rng.uniform(*OFFSET_SECONDS)
    stretches = Stretches(normal + plan.fault_seconds, tell)
    begin = time.time()
    routine = Routine(testbed, rng, normal + plan.fault_seconds)
    stretches.pass_by(normal, "normal", routine.step)
    onset = time.time()
    if fault is not None:
        fault.inject(testbed, plan.severity)
    stretches.pass_by(plan.fault_seconds, "fault" if fault else "still normal", routine.step)
    end = time.time()
    changes = [change for change in testbed.changes() if begin <= float(change["time_unix"]) < end]
    routine.undo()
    return Course(begin, onset, end, changes)
