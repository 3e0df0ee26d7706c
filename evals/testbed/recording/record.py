"""Record one incident: run the shop as usual, break it, and keep what a responder would have."""

from __future__ import annotations

from evals.testbed.load.mix import Mix
from evals.testbed.recording.plan import RecordingPlan
from evals.testbed.recording.session import Session, Taken
from evals.testbed.recording.stretches import Tell
from tools.errors import FolderError


def record(plan: RecordingPlan, mix: Mix, tell: Tell) -> Taken:
    """Record an incident folder and its answer on a system of its own.

    Raises:
        InputError: there is no such fault.
        FolderError: the folder exists already.
        PrerequisiteError: a program is missing, or the system does not come up.
    """
    plan.find_fault()
    if plan.into.exists() and any(plan.into.iterdir()):
        raise FolderError(f"{plan.into} is not empty", "choose another folder for the recording")
    with Session(mix, plan.seed) as session:
        return session.record(plan, tell)
