from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent.ci.github import reply
from tests.agent.ci.github.test_reply import thread
from tests.agent.cli.command_line import runner

LOG = (
    "Run pytest\nFAILED tests/test_cart.py::test_total - assert 3 == 6\n##[error]Process completed with exit code 1.\n"
)


def test_a_log_is_explained_as_comment_and_as_json(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "build.log").write_text(LOG, encoding="utf-8")
    run = runner(monkeypatch, capsys)
    ended = run("ci", "analyse", "--log", str(tmp_path / "build.log"))
    assert ended.code == 0
    assert ended.out.startswith("### ")
    assert "FAILED tests/test" in ended.out
    told = json.loads(run("ci", "analyse", "--log", str(tmp_path / "build.log"), "--json").out)
    assert told["classification"]["kind"] == "regression"


@pytest.mark.parametrize(
    "command",
    [
        ("analyse",),
        ("github", "--repo", "octo/shop", "--run-id", "1"),
        ("reply", "--repo", "octo/shop", "--comment-id", "1"),
        ("feedback", "--repo", "octo/shop"),
        ("serve",),
    ],
)
def test_what_is_missing_is_told_in_one_line(
    command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ended = runner(monkeypatch, capsys)("ci", *command)
    assert ended.code == 2
    assert "Traceback" not in ended.err
    assert len(ended.err.strip().splitlines()) == 1


def test_a_reply_is_printed_and_what_was_done_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WHYDOWN_CI__TOKEN", "x")
    github = thread("/whydown why 1")
    monkeypatch.setattr("agent.ci.github.handle.open_repository", lambda settings, name: github.repository())
    ended = runner(monkeypatch, capsys)("ci", "reply", "--repo", "octo/shop", "--comment-id", "2", "--dry-run")
    assert (ended.code, ended.err) == (0, "reply: printed\n")
    assert "**Why hypothesis 1**" in ended.out


def test_without_a_repository_of_postmortems_there_are_no_contents() -> None:
    from tools.config import CiSettings

    assert reply.open_contents(CiSettings()) is None
    held = reply.open_contents(CiSettings(knowledge_repo="octo/postmortems"))
    assert held is not None
    assert held.name == "octo/postmortems"


def test_feedback_is_a_table(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    github = thread("/whydown why 1")
    monkeypatch.setattr("agent.ci.github.handle.open_repository", lambda settings, name: github.repository())
    run = runner(monkeypatch, capsys)
    ended = run("ci", "feedback", "--repo", "octo/shop", "--days", "7")
    assert ended.out.splitlines()[1].split() == ["regression", "1", "0", "2", "1", "0", "0"]
    assert json.loads(run("ci", "feedback", "--repo", "octo/shop", "--json").out)["all"]["useful"] == 2
