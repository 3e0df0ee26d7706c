"""The handle on a running demo system: orders to its keeper, and the files its processes follow."""

from __future__ import annotations

import contextlib
import json
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import redis

from evals.testbed.load.generator import mix_path, read_mix
from evals.testbed.load.mix import Mix
from evals.testbed.shop.runtime.hotfix import Edit, read_edits, write_edits
from evals.testbed.system import prerequisites, stores
from evals.testbed.system.footprint import cpu_seconds, megabytes
from evals.testbed.system.mesh import Weather, weather_path
from evals.testbed.system.plan import DETACHED, PLAN_FILE, Plan, make_plan
from tools.errors import FolderError, PrerequisiteError
from tools.store.changes import Change

PREFIX = "whydown-shop-"
LOAD = "load"
COLLECTED = "telemetry"
"""Name of the folder within a run folder that the system's own collector writes to."""


class DemoSystem:
    """A running demo system.

    Args:
        plan: what runs.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    @classmethod
    def attach(cls, folder: Path) -> DemoSystem:
        """Return the handle on a system that someone else started.

        Raises:
            FolderError: there is none.
        """
        path = folder / PLAN_FILE
        if not path.exists():
            raise FolderError(f"no demo system runs in {folder}", "start one with `whydown testbed up`")
        return cls(Plan.model_validate_json(path.read_bytes()))

    def order(self, do: str, **details: object) -> dict[str, Any]:
        """Give the keeper an order and return its answer.

        Raises:
            FolderError: it does not answer, because it is gone.
            PrerequisiteError: it cannot do that here.
        """
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.connect(str(self.plan.control_socket()))
                with connection.makefile("rwb") as stream:
                    stream.write(json.dumps({"do": do, **details}).encode() + b"\n")
                    stream.flush()
                    answer = dict(json.loads(stream.readline()))
        except (OSError, json.JSONDecodeError) as error:
            raise FolderError(f"the demo system in {self.plan.folder} does not answer", "is it still up?") from error
        if "problem" in answer:
            raise PrerequisiteError(answer["problem"], answer["remedy"])
        return answer

    def shut_down(self) -> None:
        """End the system and wait until it is down; its run folder stays for as long as `running` is open."""
        self.order("shutdown")

    def start_load(self, seed: int) -> None:
        """Let customers in."""
        argument = {"port": self.plan.gateway_port, "folder": str(self.plan.folder), "seed": seed}
        self.order("spawn", name=LOAD, target="evals.testbed.load.generator:run_load", argument=argument)

    def stop_load(self) -> None:
        """Send the customers away; what they are waiting for is not waited for."""
        self.order("stop", name=LOAD)

    def has_load(self) -> bool:
        """Tell whether customers are in."""
        return LOAD in self.order("status")["processes"]

    def megabytes(self) -> float:
        """Return the memory that all processes of the system take, 10^6 bytes."""
        return megabytes(int(self.order("status")["keeper"]))

    def cpu_seconds(self, name: str = "") -> float:
        """Return the CPU time used so far by all processes of the system, or by one and what it started, seconds."""
        status = self.order("status")
        return cpu_seconds(int(status["processes"][name]["pid"] if name else status["keeper"]))

    def set_mix(self, mix: Mix) -> None:
        """Change what customers do, and how much."""
        _write(mix_path(self.plan.folder), mix.model_dump())

    def configure(self, service: str, **values: object) -> int:
        """Roll out settings of a service and return the new revision; None takes a setting back to its default."""
        path = self.plan.folder / "config" / f"{service}.json"
        before = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"revision": 1}
        after = {**before, **values, "revision": before["revision"] + 1}
        _write(path, {name: value for name, value in after.items() if value is not None})
        return int(after["revision"])

    def edit_code(self, instance: str, edit: Edit) -> None:
        """Swap the code of one function in one process."""
        path = self._patches(instance)
        write_edits(path, [*(other for other in read_edits(path) if other.function != edit.function), edit])

    def restore_code(self, instance: str, function: str) -> None:
        """Take the edit of one function back."""
        path = self._patches(instance)
        write_edits(path, [edit for edit in read_edits(path) if edit.function != function])

    def _patches(self, instance: str) -> Path:
        return self.plan.folder / "patches" / f"{instance}.json"

    def set_weather(self, caller: str, callee: str, weather: Weather) -> None:
        """Change the network between two services."""
        path = weather_path(self.plan.folder)
        before = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        _write(path, {**before, f"{caller}->{callee}": weather.model_dump()})

    def set_clock(self, instance: str, seconds: float) -> None:
        """Set the clock of the host of one instance so many seconds ahead, or behind if negative."""
        path = next(one.clock_path() for one in self.plan.instances if one.instance == instance)
        _write(path, seconds)

    def mix(self) -> Mix:
        """Return what customers do at present."""
        return read_mix(self.plan.folder)

    def redis(self, *command: str) -> object:
        """Give Redis a command and return its answer."""
        with redis.Redis(host="127.0.0.1", port=self.plan.redis_port) as client:
            return client.execute_command(*command)

    def sql(self, statement: str) -> str:
        """Run SQL as superuser and return what it prints."""
        return stores.psql(self.plan, statement)

    def note_change(self, change: Change) -> None:
        """Record a change, as a deployment pipeline would."""
        path = self.changes_path()
        _write(path, [*self.changes(), change.model_dump()])

    def changes(self) -> list[dict[str, Any]]:
        """Return the changes recorded so far."""
        path = self.changes_path()
        return list(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else []

    def changes_path(self) -> Path:
        """Return the file with the recorded changes; it lies beside the telemetry, if that is collected."""
        return (self.plan.collect_into or self.plan.folder) / "changes.json"


@contextlib.contextmanager
def running(telemetry: str = "") -> Iterator[DemoSystem]:
    """Run a demo system of its own for as long as the context is open.

    It goes down with this process, however that ends.

    Args:
        telemetry: where its telemetry goes: an OTLP endpoint, `COLLECTED` for the folder `telemetry` in its
            run folder, or nothing for nowhere.

    Raises:
        PrerequisiteError: a program is missing, or something does not come up.
    """
    plan = lay_out(telemetry)
    keeper = start_keeper(plan)
    try:
        wait_ready(keeper)
        yield DemoSystem(plan)
    finally:
        keeper.communicate()  # closes its standard input, which ends it
        shutil.rmtree(plan.folder, ignore_errors=True)


def lay_out(telemetry: str, collect_into: Path | None = None) -> Plan:
    """Make a run folder with the plan in it.

    Args:
        telemetry: as for `running`.
        collect_into: a folder of the caller's to collect into.

    Raises:
        PrerequisiteError: a program is missing.
    """
    prerequisites.check()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    folder.chmod(0o711)  # the stores' own account has to get to its folders
    into = collect_into or (folder / COLLECTED if telemetry == COLLECTED else telemetry)
    plan = make_plan(folder, into, random.Random(time.time_ns()))
    (folder / PLAN_FILE).write_text(plan.model_dump_json(), encoding="utf-8")
    (folder / PLAN_FILE).chmod(0o600)
    return plan


def start_keeper(plan: Plan, *, detached: bool = False) -> subprocess.Popen[str]:
    """Start the keeper of a plan; it ends when its standard input closes, a detached one only when told to."""
    program = [sys.executable, "-m", "evals.testbed.system.keeper", str(plan.folder / PLAN_FILE)]
    with (plan.folder / "keeper.log").open("ab") as log:
        return subprocess.Popen(
            [*program, DETACHED] if detached else program,
            stdin=subprocess.DEVNULL if detached else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log if detached else None,
            text=True,
            start_new_session=True,
        )


def wait_ready(keeper: subprocess.Popen[str]) -> None:
    """Wait until the system is up.

    Raises:
        PrerequisiteError: it does not come up.
    """
    line = keeper.stdout.readline() if keeper.stdout else ""
    if not line:
        raise PrerequisiteError("the demo system ended while it was starting", "see what it printed above")
    said = json.loads(line)
    if not said["ready"]:
        raise PrerequisiteError(said["problem"], said["remedy"])


def _write(path: Path, value: object) -> None:
    """Write JSON in one step, so that a process that follows the file never sees half of it."""
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(value), encoding="utf-8")
    fresh.replace(path)
