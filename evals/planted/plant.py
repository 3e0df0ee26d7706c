"""Make the cases: a recording, a source tree in git with the cause in it, and records that name no service."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import evals
from tools.errors import PrerequisiteError
from tools.faults import FaultKind

RECORDINGS = Path(evals.__file__).parent / "recordings"
BEGAN_BEFORE_S, INNOCENT_BEFORE_S, ROLL_OUT_S = 86_400, 600, 20
"""How long before the fault the source began, an innocent commit and the guilty one were made."""


@dataclass(frozen=True, slots=True)
class Planted:
    """One cause: which line of which file was changed, and what kind of fault that is."""

    recording: str
    component: str
    path: str
    before: str
    after: str
    kind: FaultKind = FaultKind.BAD_CONFIGURATION


CASES = (
    Planted(
        "checkout-timeout",
        "checkout",
        "services/checkout/settings.toml",
        "payment_timeout_seconds = 4.0",
        "payment_timeout_seconds = 0.03",
    ),
    Planted(
        "inventory-exception",
        "inventory",
        "services/inventory/features.yaml",
        "warehouse_by_country: false",
        "warehouse_by_country: true",
    ),
    Planted(
        "payment-slow",
        "payment",
        "services/payment/risk.toml",
        "assessment_wait_seconds = 0.0",
        "assessment_wait_seconds = 0.6",
    ),
    Planted(
        "recommendation-cpu",
        "recommendation",
        "services/recommendation/refresh.yaml",
        "pause_seconds: 60",
        "pause_seconds: 0",
    ),
)


@dataclass(frozen=True, slots=True)
class Plot:
    """Where a case lies: an incident folder and a repository."""

    folder: Path
    repository: Path


def plant(case: Planted, place: Path) -> Plot:
    """Make a case in a folder that does not exist yet.

    Raises:
        PrerequisiteError: git is not installed.
    """
    folder, repository = place / "incident", place / "source"
    shutil.copytree(RECORDINGS / case.recording, folder)
    answer = json.loads((RECORDINGS / "answers" / f"{case.recording}.json").read_text(encoding="utf-8"))
    fault = float(answer["inject_unix"])
    repository.mkdir(parents=True)
    _git(repository, 0, "init", "-q", "-b", "main")
    _commit(repository, fault - BEGAN_BEFORE_S, "begin", {case.path: case.before, "docs/README.md": "the shop"})
    innocent = _commit(
        repository, fault - INNOCENT_BEFORE_S, "explain the shop", {"docs/README.md": "the shop, explained"}
    )
    guilty = _commit(repository, fault - ROLL_OUT_S, "prepare the weekly release", {case.path: case.after})
    records = [(fault - INNOCENT_BEFORE_S + ROLL_OUT_S, innocent), (fault, guilty)]
    changes = [
        {
            "time_unix": when,
            "kind": "deploy",
            "service": "",
            "reference": f"release@{commit[:12]}",
            "summary": "release",
        }
        for when, commit in records
    ]
    (folder / "changes.json").write_text(json.dumps(changes, indent=1), encoding="utf-8")
    return Plot(folder, repository)


def _commit(repository: Path, unix: float, subject: str, files: dict[str, str]) -> str:
    for name, text in files.items():
        target = repository / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(f"# {name}\n{text}\n", encoding="utf-8")
    _git(repository, unix, "add", "-A")
    _git(repository, unix, "commit", "-q", "-m", subject)
    return _git(repository, unix, "rev-parse", "HEAD").strip()


def _git(repository: Path, unix: float, *arguments: str) -> str:
    person = {"NAME": "Shop", "EMAIL": "shop@example.org", "DATE": f"@{unix:.0f} +0000"}
    env = {f"GIT_{role}_{name}": value for role in ("AUTHOR", "COMMITTER") for name, value in person.items()}
    env |= {"PATH": os.defpath, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    try:
        ended = subprocess.run(
            ["git", *arguments], cwd=repository, env=env, check=True, capture_output=True, text=True, timeout=60
        )
    except FileNotFoundError as error:
        raise PrerequisiteError("git is not installed", "planted causes stand in commits") from error
    return ended.stdout
