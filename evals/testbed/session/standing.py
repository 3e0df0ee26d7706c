"""The demo system that `up` leaves standing: found again by later commands through a small file."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from evals.testbed.faults.catalogue import find_fault
from evals.testbed.system.plan import PLAN_FILE
from evals.testbed.system.testbed import DemoSystem, lay_out, start_keeper, wait_ready
from tools.errors import FolderError, WhydownError

POINTER = Path(".whydown/testbed.json")
"""Where the run folder of the standing system is written down, relative to the working folder."""
ACTIVE = "active.json"


def put_up(endpoint: str, into: Path) -> DemoSystem:
    """Start a demo system that stays when this process ends.

    Args:
        endpoint: an OTLP endpoint that takes its telemetry; empty to collect into a folder.
        into: that folder.

    Raises:
        FolderError: one stands already.
        PrerequisiteError: a program is missing, or something does not come up.
    """
    if _pointed() is not None:
        raise FolderError("a demo system is up already", "end it with `whydown testbed down`")
    plan = lay_out(endpoint, None if endpoint else into.absolute())
    keeper = start_keeper(plan, detached=True)
    try:
        wait_ready(keeper)
    except WhydownError:
        keeper.wait()
        shutil.rmtree(plan.folder, ignore_errors=True)
        raise
    POINTER.parent.mkdir(parents=True, exist_ok=True)
    POINTER.write_text(json.dumps({"folder": str(plan.folder)}), encoding="utf-8")
    return DemoSystem(plan)


def standing() -> DemoSystem:
    """Return the handle on the standing system.

    Raises:
        FolderError: none stands.
    """
    folder = _pointed()
    if folder is None:
        raise FolderError("no demo system is up", "start one with `whydown testbed up`")
    return DemoSystem.attach(folder)


def _pointed() -> Path | None:
    """Return the run folder; None when none stands, also when it went away without being told to."""
    folder = Path(json.loads(POINTER.read_text(encoding="utf-8"))["folder"]) if POINTER.exists() else None
    return folder if folder is not None and (folder / PLAN_FILE).exists() else None


def take_down() -> None:
    """End the standing system and remove its run folder; one that died by itself is tidied up after.

    Raises:
        FolderError: none stands.
    """
    if not POINTER.exists():
        raise FolderError("no demo system is up", "")
    folder = Path(json.loads(POINTER.read_text(encoding="utf-8"))["folder"])
    try:
        DemoSystem.attach(folder).shut_down()
    except FolderError:
        pass  # the keeper is gone, and its children with it
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        POINTER.unlink()


def inject(system: DemoSystem, name: str, severity: float | None) -> None:
    """Inject a fault and remember it.

    Raises:
        InputError: there is no such fault.
    """
    fault = find_fault(name)
    active = active_faults(system)
    fault.inject(system, severity)
    _remember(system, [*(other for other in active if other != name), name])


def heal_all(system: DemoSystem) -> list[str]:
    """Heal every injected fault, the last one first, and return their names."""
    healed = active_faults(system)[::-1]
    for name in healed:
        find_fault(name).heal(system)
    _remember(system, [])
    return healed


def active_faults(system: DemoSystem) -> list[str]:
    """Return the names of the faults that were injected and not healed."""
    path = system.plan.folder / ACTIVE
    return list(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else []


def _remember(system: DemoSystem, names: list[str]) -> None:
    (system.plan.folder / ACTIVE).write_text(json.dumps(names), encoding="utf-8")
