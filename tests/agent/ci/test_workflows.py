"""The action and the workflow of the README: least permissions, and no way for a fork's text into a shell."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.agent.cli.command_line import runner

ROOT = Path(__file__).parent.parent.parent.parent
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
BLOCKS = re.findall(r"^```yaml\n(.*?)^```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
WORKFLOWS: list[dict[Any, Any]] = [
    loaded for block in BLOCKS if isinstance(loaded := yaml.safe_load(block), dict) and "permissions" in loaded
]
COMMENT, REPLY = WORKFLOWS
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]


def test_scripts_contain_no_expression() -> None:
    scripts = [step["run"] for step in STEPS if "run" in step]
    assert len(scripts) == 3
    assert not [script for script in scripts if "${{" in script]


def test_nothing_of_the_pull_request_is_checked_out() -> None:
    jobs = [job for workflow in WORKFLOWS for job in workflow["jobs"].values()]
    used = [step.get("uses", "") for step in [*STEPS, *(step for job in jobs for step in job["steps"])]]
    assert not [name for name in used if "checkout" in name or "download-artifact" in name]
    assert "head" not in str(WORKFLOWS)


def test_permissions_are_the_least_that_work() -> None:
    assert COMMENT["permissions"] == {"actions": "read", "contents": "read", "pull-requests": "write"}
    assert set(COMMENT[True]) == {"workflow_run"}  # YAML 1.1 reads the key `on` as true
    assert REPLY["permissions"] == {"actions": "read", "pull-requests": "write"}
    assert REPLY[True] == {"issue_comment": {"types": ["created"]}}


def test_of_a_comment_only_its_number_reaches_a_step() -> None:
    """Its text may be tested by an expression, but never becomes a value."""
    (step,) = REPLY["jobs"]["reply"]["steps"]
    assert step["with"]["comment-id"] == "${{ github.event.comment.id }}"
    assert "body" not in str(step)
    assert set(step["with"]) <= set(ACTION["inputs"])


def test_the_report_is_kept_under_the_name_that_replies_look_for() -> None:
    from agent.ci.github.reports import ARTIFACT

    (keep,) = [step for step in STEPS if "upload-artifact" in step.get("uses", "")]
    assert keep["with"]["name"] == ARTIFACT
    assert keep["with"]["path"] == "${{ inputs.report }}"


def test_a_token_reaches_one_step_of_each_kind_and_no_command_line() -> None:
    holders = [step for step in STEPS if "token" in str(step)]
    assert [(step["name"], step["if"]) for step in holders] == [
        ("comment", "inputs.comment-id == ''"),
        ("reply", "inputs.comment-id != ''"),
    ]
    assert not [step for step in holders if "TOKEN" in step["run"]]


def test_the_action_calls_commands_and_options_that_exist(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    for step in (step for step in STEPS if "whydown ci" in step.get("run", "")):
        command = re.search(r"bin/whydown ci (\w+)", step["run"])
        assert command is not None
        help_text = runner(monkeypatch, capsys)("ci", command[1], "--help").out
        assert not [flag for flag in re.findall(r"--[a-z-]+", step["run"]) if flag not in help_text]


def test_the_artifact_has_the_name_that_is_looked_for() -> None:
    from agent.ci.github.gather import ARTIFACT

    upload = next(yaml.safe_load(block)[0] for block in BLOCKS if "upload-artifact" in block)
    assert upload["with"]["name"] == ARTIFACT
    assert upload["if"] == "failure()"
