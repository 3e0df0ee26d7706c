from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from agent.ci.comment import RunLink, to_comment
from agent.ci.github.gather import find_target, gather
from agent.ci.github.handle import handle_run, open_repository
from agent.ci.sticky import read_marker
from agent.schema import FailureClass
from knowledge.postmortem import Postmortem, Status
from tests.agent.ci.github.fake import (
    DIFF_HUNK,
    NAME,
    TOKEN,
    FakeGitHub,
    job,
    packed,
    pull_request,
    workflow_run,
)
from tests.knowledge.builders import write_shop
from tools.config import CiSettings, KnowledgeSettings, Settings
from tools.errors import ConfigError, InputError

LOG = """2026-11-24T10:00:00.0000000Z ##[group]Run pytest
2026-11-24T10:00:00.0000000Z pytest -q
2026-11-24T10:00:00.0000000Z ##[endgroup]
2026-11-24T10:00:01.0000000Z tests/test_cart.py::test_empty PASSED
2026-11-24T10:00:01.0000000Z tests/test_cart.py::test_total FAILED
2026-11-24T10:00:01.0000000Z
2026-11-24T10:00:01.0000000Z =================================== FAILURES ===================================
2026-11-24T10:00:01.0000000Z __________________________________ test_total __________________________________
2026-11-24T10:00:01.0000000Z
2026-11-24T10:00:01.0000000Z     def test_total():
2026-11-24T10:00:01.0000000Z >       assert total([1, 2, 3]) == 6
2026-11-24T10:00:01.0000000Z E       assert 3 == 6
2026-11-24T10:00:01.0000000Z
2026-11-24T10:00:01.0000000Z shop/cart.py:11: AssertionError
2026-11-24T10:00:01.0000000Z =========================== short test summary info ============================
2026-11-24T10:00:01.0000000Z FAILED tests/test_cart.py::test_total - assert 3 == 6
2026-11-24T10:00:01.0000000Z ========================= 1 failed, 1 passed in 0.12s ==========================
2026-11-24T10:00:02.0000000Z ##[error]Process completed with exit code 1.
"""
SEEN = Postmortem(
    id="PM-9",
    title="cart total is wrong",
    status=Status.CONFIRMED,
    services=("cart",),
    symptoms="test_total of tests/test_cart.py FAILED: assert 3 == 6, AssertionError in shop/cart.py",
    root_cause="the sum of prices left out the last one",
    resolution="add the last price again",
    useful_in=("ci-1", "ci-2"),
)
JUNIT = b"""<testsuite><testcase classname="tests.test_cart" name="test_total" file="tests/test_cart.py">
<failure message="assert 3 == 6">shop/cart.py:11: AssertionError</failure></testcase></testsuite>"""
CHANGED = {"filename": "shop/cart.py", "status": "modified", "patch": DIFF_HUNK}


def failing() -> FakeGitHub:
    return FakeGitHub(
        jobs={100: [job(1, "build"), job(2, "lint", "success")], 90: [job(3, "build", "success")]},
        logs={1: LOG, 3: "ok\n"},
        history=[workflow_run(100), workflow_run(90, "c" * 40, "success")],
        files=[CHANGED],
        contents={".github/CODEOWNERS": "/shop/ @octo/shop-team\n"},
        artifacts=[{"id": 8, "name": "whydown", "size_in_bytes": 10, "expired": False}],
        archives={8: packed({"junit.xml": JUNIT})},
    )


def test_everything_about_a_failed_run_is_read(tmp_path: Path) -> None:
    repository = failing().repository()
    run, links = gather(repository, find_target(repository, 100), tmp_path)
    assert [(link.name, link.id) for link in links] == [("build", 1)]
    assert [log.name for log in run.jobs] == ["build"]
    assert [log.text for log in run.earlier] == ["ok\n"]
    assert [case.id for case in run.tests] == ["tests.test_cart::test_total"]
    assert [change.path for change in run.diff] == ["shop/cart.py"]
    assert run.diff[0].hunks[0].start == 10
    assert [commit.author for commit in run.commits] == ["ada"]
    assert [(past.sha[0], past.conclusion) for past in run.history] == [("c", "success")]
    assert run.owners[0].owners == ("@octo/shop-team",)
    assert run.folder is None
    assert run.started is not None


def test_a_failed_run_gets_one_comment_with_suspect_and_owner() -> None:
    github = failing()
    handled = handle_run(github.repository(), 100, Settings())
    assert handled.action == "created"
    (comment,) = github.comments
    marker = read_marker(comment["body"])
    assert marker is not None
    assert (marker.run, marker.sha) == (100, "a" * 40)
    assert "### Regression (" in comment["body"]
    assert "E       assert 3 == 6" in comment["body"]
    assert "**Suspect:** `shop/cart.py:10-11`, owner `@octo/shop-team`" in comment["body"]
    assert handled.report is not None
    assert handled.report.classification is not None
    assert handled.report.classification.kind is FailureClass.REGRESSION


def test_a_test_that_fails_on_other_commits_now_and_then_is_flaky() -> None:
    github = failing()
    github.history += [workflow_run(80, "d" * 40)]  # it failed too, and its artifact names the same test
    github.files = []
    report = handle_run(github.repository(), 100, Settings()).report
    assert report is not None
    assert report.classification is not None
    assert "the same tests fail now and then on other commits" in report.classification.reasons
    assert report.classification.kind is FailureClass.FLAKY


def test_the_artifact_of_an_earlier_run_may_be_bad() -> None:
    github = failing()
    github.history += [workflow_run(80, "d" * 40)]
    asked = 0

    def spoil(request: httpx.Request) -> None:
        nonlocal asked
        if request.url.path.endswith("/artifacts/8/zip"):
            asked += 1
            github.archives[8] = b"PK" if asked == 2 else github.archives[8]

    github.before = spoil
    assert handle_run(github.repository(), 100, Settings()).action == "created"
    assert asked == 2
    assert "### Regression" in github.comments[0]["body"]


def test_a_passing_suite_of_reports_asks_for_no_earlier_ones() -> None:
    github = failing()
    github.archives[8] = packed({"junit.xml": b"<testsuite><testcase name='a'/></testsuite>"})
    github.history += [workflow_run(80, "d" * 40)]
    handle_run(github.repository(), 100, Settings())
    assert not [request for request in github.requests if "/runs/80/artifacts" in request.url.path]


def test_a_similar_postmortem_is_named_with_what_fixed_it(tmp_path: Path) -> None:
    folder = write_shop(tmp_path / "kb", (SEEN,)).path
    settings = Settings(knowledge=KnowledgeSettings(folder=folder))
    report = handle_run(failing().repository(), 100, settings).report
    assert report is not None
    assert [one.id for one in report.similar] == ["PM-9"]
    text = to_comment(report, RunLink())
    assert "**Seen before?** This is similar to PM-9 (confirmed, 2 times useful): cart total is wrong." in text
    assert "Fixed then by: add the last price again" in text


def test_a_knowledge_base_that_cannot_be_read_is_told_and_stops_nothing(tmp_path: Path) -> None:
    settings = Settings(knowledge=KnowledgeSettings(folder=tmp_path / "missing"))
    handled = handle_run(failing().repository(), 100, settings)
    assert handled.action == "created"
    assert handled.report is not None
    (source,) = [one for one in handled.report.sources if one.signal == "knowledge"]
    assert "no knowledge folder" in source.notes[0]


def test_a_second_attempt_that_fails_edits_the_comment() -> None:
    github = failing()
    handle_run(github.repository(), 100, Settings())
    github.run = workflow_run(100, attempt=2)
    assert handle_run(github.repository(), 100, Settings()).action == "edited"
    assert len(github.comments) == 1


def test_a_pass_resolves_only_with_a_new_commit() -> None:
    github = failing()
    handle_run(github.repository(), 100, Settings())
    github.run = workflow_run(101, "b" * 40, "success")
    github.pulls = [pull_request(5, "b" * 40)]
    assert handle_run(github.repository(), 101, Settings()).action == "resolved"


def test_a_dry_run_prints_and_changes_nothing() -> None:
    github = failing()
    handled = handle_run(github.repository(), 100, Settings(), dry_run=True)
    assert handled.action == "printed"
    assert "### Regression" in handled.comment
    assert {request.method for request in github.requests} == {"GET"}


def test_a_run_without_a_pull_request_is_printed() -> None:
    github = failing()
    github.pulls = []
    assert handle_run(github.repository(), 100, Settings()).action == "printed"
    assert github.comments == []


def test_the_pull_request_of_a_fork_is_found_by_its_commit_and_closed_ones_are_not() -> None:
    github = failing()
    github.pulls = [pull_request(3, state="closed"), pull_request(4, "d" * 40), pull_request(5)]
    pull = find_target(github.repository(), 100).pull
    assert pull is not None
    assert pull.number == 5


def test_expired_logs_and_artifacts_leave_what_is_left() -> None:
    github = failing()
    github.logs = {}
    github.artifacts[0]["expired"] = True
    handled = handle_run(github.repository(), 100, Settings())
    assert handled.action == "created"
    assert "Not enough evidence" in github.comments[0]["body"]


def test_an_artifact_of_another_name_is_not_opened() -> None:
    github = failing()
    github.artifacts[0]["name"] = "site"
    handle_run(github.repository(), 100, Settings())
    assert not [request for request in github.requests if "/artifacts/8" in request.url.path]


def test_a_run_that_was_cancelled_is_not_explained() -> None:
    github = failing()
    github.run = workflow_run(100, conclusion="cancelled")
    github.jobs = {100: []}
    with pytest.raises(InputError, match="run 100 did not fail: it ended with cancelled"):
        handle_run(github.repository(), 100, Settings())


def test_without_a_token_nothing_is_asked() -> None:
    with pytest.raises(ConfigError, match="no GitHub token"):
        open_repository(Settings(), NAME)


@pytest.mark.parametrize("name", ["shop", "octo/shop/x", "octo/../x", "octo/shop?x", ""])
def test_a_name_that_is_no_repository_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="is no repository"):
        open_repository(Settings(ci=CiSettings(token=SecretStr(TOKEN))), name)
