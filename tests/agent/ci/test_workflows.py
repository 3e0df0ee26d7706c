"""The action and the workflow of the README: least permissions, and no way for a fork's text into a shell."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parent.parent.parent.parent
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
BLOCKS = re.findall(r"^```yaml\n(.*?)^```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
WORKFLOW: dict[Any, Any] = next(
    loaded for block in BLOCKS if isinstance(loaded := yaml.safe_load(block), dict) and "permissions" in loaded
)


def test_scripts_contain_no_expression() -> None:
    scripts = [step["run"] for step in ACTION["runs"]["steps"] if "run" in step]
    assert len(scripts) == 2
    assert not [script for script in scripts if "${{" in script]


def test_nothing_of_the_pull_request_is_checked_out() -> None:
    used = [step.get("uses", "") for step in ACTION["runs"]["steps"]]
    used += [step.get("uses", "") for job in WORKFLOW["jobs"].values() for step in job["steps"]]
    assert not [name for name in used if "checkout" in name or "download-artifact" in name]
    assert "head" not in str(WORKFLOW)


def test_permissions_are_the_least_that_work() -> None:
    assert WORKFLOW["permissions"] == {"actions": "read", "contents": "read", "pull-requests": "write"}
    assert set(WORKFLOW[True]) == {"workflow_run"}  # YAML 1.1 reads the key `on` as true


def test_the_token_reaches_one_step_and_no_command_line() -> None:
    holders = [step for step in ACTION["runs"]["steps"] if "inputs.token" in str(step)]
    assert [step["name"] for step in holders] == ["comment"]
    assert "TOKEN" not in holders[0]["run"]


def test_the_artifact_has_the_name_that_is_looked_for() -> None:
    from agent.ci.github.gather import ARTIFACT

    upload = next(yaml.safe_load(block)[0] for block in BLOCKS if "upload-artifact" in block)
    assert upload["with"]["name"] == ARTIFACT
    assert upload["if"] == "failure()"
