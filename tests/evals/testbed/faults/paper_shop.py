"""A shop on paper: orders are obeyed in a model, files are real. What is left of a fault can be looked at."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

from evals.testbed.system.mesh import FAIR, weather_path
from evals.testbed.system.plan import PLAN_FILE, REDIS, make_plan
from evals.testbed.system.testbed import DemoSystem

_USUAL = {"maxmemory": "48mb", "maxmemory-policy": "noeviction"}


class PaperShop(DemoSystem):
    """Stands in for a running system.

    Args:
        folder: its run folder.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(make_plan(folder, "", random.Random(1)))
        for name in ("config", "patches"):
            (folder / name).mkdir(parents=True)
        (folder / PLAN_FILE).write_text(self.plan.model_dump_json())
        self.versions = {one.instance: one.version for one in self.plan.instances}
        self.limits: dict[str, dict[str, float]] = {}
        self.jobs: dict[str, tuple[str, dict[str, Any]]] = {}
        self.stopped: set[str] = set()
        self.frozen: set[str] = set()
        self.restarted: list[str] = []
        self.statements: list[str] = []
        self.store = dict(_USUAL)

    def order(self, do: str, **details: Any) -> dict[str, Any]:
        """Do in the model what the keeper would do."""
        name = details.pop("name", "")
        match do:
            case "limit":
                self.limits[name] = details
            case "start":
                self.restarted.append(name)
                usual = next(one.version for one in self.plan.instances if one.instance == name)
                self.versions[name] = details.get("version", usual)
            case "stop_store" | "start_store":
                (self.stopped.add if do == "stop_store" else self.stopped.discard)(name)
            case "signal":
                (self.frozen.add if details["signal"] == "SIGSTOP" else self.frozen.discard)(name)
            case "spawn":
                self.jobs[name] = (details["target"], details["argument"])
            case "stop":
                del self.jobs[name]
            case _:
                raise AssertionError(f"the keeper knows no order {do!r}")
        return {}

    def sql(self, statement: str) -> str:
        """Note a statement."""
        self.statements.append(statement)
        return ""

    def redis(self, *command: str) -> object:
        """Obey settings; other commands leave nothing behind here."""
        if command[:2] == ("CONFIG", "SET"):
            self.store[command[2]] = command[3]
        return None

    def harm(self) -> dict[str, object]:
        """Return everything that is not as in a healthy shop; empty in one."""
        links = [link for link in self._files() if link.is_symlink()]
        found = {
            "settings": self._settings(),
            "code": [path.name for path in (self.plan.folder / "patches").iterdir() if path.read_text() != "[]"],
            "weather": self._weather(),
            "clocks": [one.instance for one in self.plan.instances if _reads(one.clock_path(), "0.0") != "0.0"],
            "crowd": self.mix().crowd - 1.0,
            "versions": [one.instance for one in self.plan.instances if self.versions[one.instance] != one.version],
            "limits": [name for name, limits in self.limits.items() if limits],
            "jobs": list(self.jobs),
            "stores": [*self.stopped, *self.frozen],
            "disks": [link.name for link in links],
            REDIS: {key: value for key, value in self.store.items() if value != _USUAL[key]},
        }
        return {what: left for what, left in found.items() if left}

    def _files(self) -> list[Path]:
        folders = {one.data_folder() for one in self.plan.instances}
        return [path for folder in folders if folder.exists() for path in folder.iterdir()]

    def _settings(self) -> dict[str, object]:
        found: dict[str, object] = {}
        for path in (self.plan.folder / "config").glob("*.json"):
            if path.stem in {one.service for one in self.plan.instances}:
                values = {k: v for k, v in json.loads(path.read_text()).items() if k != "revision"}
                found |= {path.stem: values} if values else {}
        return found

    def _weather(self) -> list[str]:
        path = weather_path(self.plan.folder)
        spoilt = json.loads(path.read_text()) if path.exists() else {}
        return [name for name, weather in spoilt.items() if weather != FAIR.model_dump()]


def _reads(path: Path, missing: str) -> str:
    return path.read_text() if path.exists() else missing
