"""Run the suite against a system of its own, healthy and then with a fault, with telemetry beside each run."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from xml.etree import ElementTree

from evals.testbed.faults.catalogue import find_fault
from evals.testbed.recording.answer import answer_of
from evals.testbed.recording.consolidate import consolidate
from evals.testbed.recording.plan import SYSTEM
from evals.testbed.system.plan import PLAN_FILE
from evals.testbed.system.testbed import COLLECTED, DemoSystem, running
from tools.errors import FolderError
from tools.incident import IncidentFile
from tools.window import TimeWindow

JUNIT = "junit.xml"
LOG = "suite.log"
SETTLE_SECONDS = 9.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run of the suite went; `failed` are names of tests. Unix seconds."""

    start: float
    end: float
    passed: int
    failed: tuple[str, ...]


def run_suite(
    into: Path, fault_name: str, severity: float | None, say: Callable[[str], None], only: str = ""
) -> Outcome:
    """Leave an incident folder with junit.xml and suite.log: the run with the fault, its baseline the healthy one.

    Args:
        into: a new or empty folder. The answer is written beside it.
        fault_name: what is broken; empty for a run in which nothing is.
        severity: how strong the fault is.
        say: told what happens.
        only: part of a test's name, as `pytest -k` takes it; empty for all tests.

    Raises:
        FolderError: the folder is not empty.
        InputError: there is no such fault.
        PrerequisiteError: a program is missing, or the system does not come up.
    """
    if into.exists() and any(into.iterdir()):
        raise FolderError(f"{into} is not empty", "choose another folder for the run")
    fault = find_fault(fault_name) if fault_name else None
    with running(COLLECTED) as system:
        say("running the suite on a healthy shop")
        before = run_pytest(system, into / "baseline", only)
        say(_summary(before))
        after = before
        if fault is not None:
            injected = time.time()
            fault.inject(system, severity)
            time.sleep(1.0)
            say("running it again")
            after = run_pytest(system, into, only)
            say(_summary(after))
            strength = fault.knob.default if severity is None else severity
            answer_of(fault, strength, injected, 0).write(into.with_name(f"{into.name}.answer.json"))
        time.sleep(SETTLE_SECONDS)
        changes = system.changes()
        system.shut_down()
        _keep(system.plan.folder / COLLECTED, into, before, after if fault else None, changes)
    return after


def run_pytest(system: DemoSystem, into: Path, only: str = "") -> Outcome:
    """Run the suite in a process of its own, as a build server does; leave its report and its log in a folder."""
    into.mkdir(parents=True, exist_ok=True)
    suite = str(files("evals.testbed") / "suite")
    command = [sys.executable, "-m", "pytest", suite, "--rootdir", suite, "-c", "/dev/null", "-p", "no:cacheprovider"]
    command += ["-k", only] if only else []
    command += ["--import-mode=importlib", "--plan", str(system.plan.folder / PLAN_FILE), f"--junitxml={into / JUNIT}"]
    start = time.time()
    with (into / LOG).open("w", encoding="utf-8") as log:
        subprocess.run(command, stdout=log, stderr=subprocess.STDOUT, check=False)
    passed, failed = read_junit(into / JUNIT)
    return Outcome(start, time.time(), passed, failed)


def read_junit(path: Path) -> tuple[int, tuple[str, ...]]:
    """Return how many tests passed, and the names of those that did not, from a report pytest has just written."""
    cases = ElementTree.parse(path).getroot().iter("testcase")
    results = {f"{case.get('classname')}::{case.get('name')}": len(case) == 0 for case in cases}
    return sum(results.values()), tuple(name for name, fine in results.items() if not fine)


def _summary(outcome: Outcome) -> str:
    names = ", ".join(name.rpartition("::")[2] for name in outcome.failed[:3])
    more = f" and {len(outcome.failed) - 3} more" if len(outcome.failed) > 3 else ""
    failed = f"{len(outcome.failed)} failed: {names}{more}" if outcome.failed else "none failed"
    return f"{outcome.passed} passed, {failed}, {outcome.end - outcome.start:.0f} s"


def _keep(
    collected: Path, into: Path, before: Outcome, after: Outcome | None, changes: list[dict[str, object]]
) -> None:
    """Cut the telemetry to the runs and write down what the build server knows."""
    normal = (before.start, before.end)
    consolidate(collected, into / "baseline", TimeWindow.from_seconds(*normal))
    if after is None:
        for path in (into / "baseline").iterdir():
            shutil.move(path, into / path.name)
        (into / "baseline").rmdir()
    else:
        consolidate(collected, into, TimeWindow.from_seconds(after.start, after.end))
    (into / "changes.json").write_text(json.dumps(changes, indent=1) + "\n", encoding="utf-8")
    shown = after or before
    file = IncidentFile(
        system=SYSTEM,
        description=f"The integration tests: {_summary(shown)}.",
        symptom_start_unix=round(shown.start, 3),
        detected_at_unix=round(shown.end, 3),
        normal_window_unix=normal if after else None,
        fault_window_unix=(shown.start, shown.end),
        baseline="baseline" if after else "",
    )
    (into / "incident.json").write_text(file.model_dump_json(indent=1) + "\n", encoding="utf-8")
