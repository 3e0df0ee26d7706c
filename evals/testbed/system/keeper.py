"""The keeper: one process that owns the whole demo system, so that it lives and dies as one.

Run as `python -m evals.testbed.system.keeper PLAN [--detached]`. It prints one JSON line when the system is up
or has failed, takes orders on a Unix socket, and ends on the order `shutdown`, on SIGTERM, or, unless detached,
when its standard input closes, which is how it notices that whoever started it is gone. Unless ordered down it
then removes the run folder itself; whoever orders the shutdown may still want to read it. When it is killed, the
kernel ends its children and its janitor removes the folder.
"""

from __future__ import annotations

import functools
import importlib
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any, NoReturn

from evals.testbed.system import cgroups, stores
from evals.testbed.system.collecting import run_collector
from evals.testbed.system.janitor import Janitor
from evals.testbed.system.mesh import run_mesh
from evals.testbed.system.monitor import run_monitor
from evals.testbed.system.plan import DETACHED, POSTGRES, REDIS, SERVICES, Plan
from evals.testbed.system.processes import Processes
from tools.errors import PrerequisiteError, WhydownError

HEALTHY_SECONDS = 15.0
TICK_SECONDS = 0.2
MESH = "mesh"
MONITOR = "monitor"
COLLECTOR = "collector"
COLLECT_SECONDS = 30.0
"""Time for the collector to move what it has received into Parquet."""


class Keeper:
    """Starts everything, supervises it, takes it down.

    Args:
        plan: the system.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._processes = Processes(plan.folder / "logs")
        self._stores: dict[str, subprocess.Popen[bytes]] = {}
        self._groups: dict[str, list[Path]] = {}
        self._socket = socket.socket(socket.AF_UNIX)
        self._farewell: socket.socket | None = None

    def start(self) -> None:
        """Start stores, mesh and services, and wait until every service answers.

        Raises:
            PrerequisiteError: something does not come up.
        """
        for name in ("config", "patches", "logs", "data"):
            (self._plan.folder / name).mkdir(exist_ok=True)
        cgroups.sweep()
        self._start_collector()
        self._start_store(REDIS)
        stores.init_postgres(self._plan)
        self._start_store(POSTGRES)
        self._write_settings()
        self._processes.start(MESH, functools.partial(run_mesh, self._plan), supervised=True)
        for instance in self._plan.instances:
            self._start_service(instance.instance)
        stores.fill_postgres(self._plan)
        if self._plan.otlp_endpoint:
            self._processes.start(MONITOR, functools.partial(run_monitor, self._plan), supervised=True)
        self._wait_healthy()
        self._listen()

    def run(self) -> None:
        """Supervise and take orders until told to stop."""
        lifeline = [] if DETACHED in sys.argv else [sys.stdin.fileno()]
        while self._farewell is None:
            ready, _, _ = select.select([self._socket, *lifeline], [], [], TICK_SECONDS)
            if any(end in ready and not os.read(end, 1024) for end in lifeline):
                return
            if self._socket in ready:
                self._answer(self._socket.accept()[0])
            self._processes.supervise()

    def stop(self) -> None:
        """End everything, the collector last: it gets what the others have to say in the end."""
        self._socket.close()
        self._processes.stop_all(except_for=COLLECTOR)
        for name in list(self._stores):
            self._stop_store(name)
        self._processes.stop(COLLECTOR, grace=COLLECT_SECONDS)
        for groups in self._groups.values():
            cgroups.remove_groups(groups)
        if self._farewell is None:
            shutil.rmtree(self._plan.folder, ignore_errors=True)
        else:
            self._farewell.sendall(b"{}\n")

    def _start_collector(self) -> None:
        if self._plan.collect_into is not None:
            port = int(self._plan.otlp_endpoint.rpartition(":")[2])
            work = functools.partial(run_collector, str(self._plan.collect_into), port)
            self._processes.start(COLLECTOR, work, supervised=True)

    def _start_store(self, name: str) -> None:
        start = stores.start_redis if name == REDIS else stores.start_postgres
        self._stores[name] = start(self._plan)

    def _stop_store(self, name: str) -> None:
        """End a store at once: SIGQUIT is PostgreSQL's immediate shutdown, which ends its children too."""
        store = self._stores.pop(name)
        store.send_signal(signal.SIGCONT)
        store.send_signal(signal.SIGKILL if name == REDIS else signal.SIGQUIT)
        store.wait()

    def _start_service(self, name: str, version: str = "") -> int:
        """Start an instance, of another version if asked."""
        from evals.testbed.shop.runtime.serve import serve

        instance = next(found for found in self._plan.instances if found.instance == name)
        if version:
            instance = instance.model_copy(update={"version": version})
        return self._processes.start(name, functools.partial(serve, instance), supervised=True)

    def _limit(self, name: str, cores: float = 0.0, megabytes: float = 0.0) -> None:
        """Limit what an instance may use; without limits it is free again."""
        before = self._groups.pop(name, [])
        if cores or megabytes:
            self._groups[name] = cgroups.make_groups(name, cores, megabytes)
        self._processes.confine(name, self._groups.get(name, []))
        cgroups.remove_groups(before)

    def _write_settings(self) -> None:
        for service, password in self._plan.passwords.items():
            path = self._plan.folder / "config" / f"{service}.json"
            path.write_text(json.dumps({"revision": 1, "database_password": password}), encoding="utf-8")

    def _wait_healthy(self) -> None:
        deadline = time.monotonic() + HEALTHY_SECONDS
        for instance in self._plan.instances:
            while not _healthy(instance.port):
                self._processes.supervise()
                if time.monotonic() > deadline:
                    log = self._plan.folder / "logs" / f"{instance.instance}.log"
                    last = (log.read_text(encoding="utf-8").strip().splitlines() or ["it wrote nothing"])[-1]
                    raise PrerequisiteError(f"{instance.instance} of the demo system does not start", last)
                time.sleep(0.05)

    def _listen(self) -> None:
        self._socket.bind(str(self._plan.control_socket()))
        self._socket.listen()

    def _answer(self, connection: socket.socket) -> None:
        """Take one order: a JSON object in, a JSON object out; that of a shutdown comes when all is down."""
        with connection.makefile("rb") as stream:
            order = json.loads(stream.readline() or b"{}")
        if order == {"do": "shutdown"}:
            self._farewell = connection
            return
        with connection:
            connection.sendall(json.dumps(self._try(order)).encode() + b"\n")

    def _try(self, order: dict[str, Any]) -> dict[str, Any]:
        try:
            return self._obey(order)
        except WhydownError as error:
            return {"problem": error.problem, "remedy": error.remedy}

    def _obey(self, order: dict[str, Any]) -> dict[str, Any]:
        match order:
            case {"do": "status"}:
                return {"processes": self._processes.status(), "keeper": os.getpid()}
            case {"do": "start", "name": name, **details}:
                return {"pid": self._start_service(name, **details)}
            case {"do": "limit", "name": name, **limits}:
                self._limit(name, **limits)
            case {"do": "start_store", "name": name}:
                self._start_store(name)
            case {"do": "stop_store", "name": name}:
                self._stop_store(name)
            case {"do": "stop", "name": name}:
                self._processes.stop(name)
            case {"do": "signal", "name": name, "signal": number}:
                self._signal(name, signal.Signals[number])
            case {"do": "spawn", "name": name, "target": target, "argument": argument}:
                work = functools.partial(_call, target, argument)
                return {"pid": self._processes.start(name, work, supervised=False)}
            case _:
                return {"problem": f"the keeper knows no order {order}", "remedy": ""}
        return {}

    def _signal(self, name: str, number: signal.Signals) -> None:
        if name in self._stores:
            self._stores[name].send_signal(number)
        else:
            self._processes.send(name, number)


def _call(target: str, argument: dict[str, Any]) -> None:
    """Call `module:function` with a JSON argument."""
    module, _, function = target.partition(":")
    getattr(importlib.import_module(module), function)(**argument)


def _healthy(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _preload() -> None:
    """Import what every child needs, once; children then start in a few milliseconds and share the memory."""
    # Read by the instrumentations when they start: the stable attribute names, not the old ones.
    os.environ["OTEL_SEMCONV_STABILITY_OPT_IN"] = "http,database"
    for spec in SERVICES:
        importlib.import_module(f"evals.testbed.shop.services.{spec.name}")
    importlib.import_module("evals.testbed.shop.runtime.serve")
    importlib.import_module("evals.testbed.load.generator")


def _say(**message: object) -> None:
    print(json.dumps(message), flush=True)


def _end(_number: int, _frame: object) -> NoReturn:
    raise SystemExit(0)


def main() -> None:
    """Run the keeper for the plan whose path is the first argument."""
    plan = Plan.model_validate_json(Path(sys.argv[1]).read_bytes())
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    janitor = Janitor(plan.folder)
    keeper = Keeper(plan)
    try:
        _preload()
        keeper.start()
        _say(ready=True)
        keeper.run()
    except WhydownError as error:
        _say(ready=False, problem=error.problem, remedy=error.remedy)
    finally:
        keeper.stop()
        janitor.dismiss()


if __name__ == "__main__":
    main()
