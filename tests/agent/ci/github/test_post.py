from __future__ import annotations

import itertools

import httpx
import pytest

from agent.ci.comment import LIMIT, RunLink
from agent.ci.github.post import marker_of, post_failure, post_success
from agent.ci.sticky import State, read_marker
from tests.agent.ci.github.fake import NAME, FakeGitHub, comment

OLD, NEW = "a" * 40, "b" * 40


def link(run: int = 100, sha: str = OLD, attempt: int = 1, workflow: str = "ci") -> RunLink:
    return RunLink(repo=NAME, run_id=run, attempt=attempt, sha=sha, workflow=workflow)


def body(of: RunLink, text: str = "why") -> str:
    return marker_of(of).text() + text


def fail(github: FakeGitHub, of: RunLink, text: str = "why") -> str:
    return post_failure(github.repository(), 5, of, body(of, text)).action


def test_a_failure_creates_one_comment_and_the_next_edits_it() -> None:
    github = FakeGitHub()
    assert fail(github, link(100), "first") == "created"
    assert fail(github, link(101, NEW), "second") == "edited"
    (only,) = github.comments
    assert only["body"].endswith("second")


def test_comments_of_others_are_left_alone() -> None:
    stranger = comment(1, body(link(999, NEW)), login="mallory")
    quoted = comment(2, "> " + body(link(100)), login="github-actions[bot]")
    github = FakeGitHub(comments=[stranger, quoted])
    assert fail(github, link(100)) == "created"
    assert [one["id"] for one in github.comments] == [1, 2, 1001]
    assert stranger["body"] == body(link(999, NEW))


def test_two_workflows_have_two_comments() -> None:
    github = FakeGitHub()
    fail(github, link(100, workflow="ci"))
    fail(github, link(101, workflow="nightly"))
    assert len(github.comments) == 2


def test_the_comment_is_found_behind_many_others() -> None:
    github = FakeGitHub(comments=[comment(number, "chat", login="ada") for number in range(1, 251)])
    fail(github, link(100))
    assert fail(github, link(101), "again") == "edited"
    assert len(github.comments) == 251


def test_a_late_answer_of_an_older_run_changes_nothing() -> None:
    github = FakeGitHub()
    fail(github, link(200, NEW), "newer")
    assert fail(github, link(100, OLD), "older") == "kept"
    assert github.comments[0]["body"].endswith("newer")


def test_a_pass_of_a_newer_commit_resolves() -> None:
    github = FakeGitHub()
    fail(github, link(100, OLD), "the old text")
    assert post_success(github.repository(), 5, link(101, NEW)).action == "resolved"
    text = github.comments[0]["body"]
    assert "**Resolved:** a newer commit passed (`bbbbbbbbbbbb`)." in text
    assert "<details><summary>What had failed</summary>\n\nthe old text" in text
    marker = read_marker(text)
    assert marker is not None
    assert marker.state is State.RESOLVED


def test_a_pass_of_the_same_commit_is_flaky_and_stays_so() -> None:
    github = FakeGitHub()
    fail(github, link(100, OLD))
    assert post_success(github.repository(), 5, link(100, OLD, attempt=2)).action == "flaky"
    assert "**Flaky:** the same commit passed" in github.comments[0]["body"]
    assert post_success(github.repository(), 5, link(101, NEW)).action == "kept"


def test_a_failure_after_a_resolution_opens_the_comment_again() -> None:
    github = FakeGitHub()
    fail(github, link(100, OLD))
    post_success(github.repository(), 5, link(101, NEW))
    assert fail(github, link(102, NEW), "broken again") == "edited"
    assert github.comments[0]["body"].endswith("broken again")


def test_a_pass_that_is_older_than_the_failure_resolves_nothing() -> None:
    github = FakeGitHub()
    fail(github, link(200, NEW))
    assert post_success(github.repository(), 5, link(100, OLD)).action == "kept"


def test_a_run_that_never_failed_gets_no_comment() -> None:
    github = FakeGitHub()
    assert post_success(github.repository(), 5, link()).action == "none"
    assert github.comments == []


@pytest.mark.parametrize("order", list(itertools.permutations([100, 101, 102])))
def test_runs_at_the_same_time_leave_one_comment_with_the_newest_text(order: tuple[int, ...]) -> None:
    """Each run looks, finds nothing, and creates; the others do so between its look and its creation."""
    github = FakeGitHub()
    waiting = list(order)

    def interleave(request: httpx.Request) -> None:
        if request.method == "POST" and waiting:
            run = waiting.pop(0)
            fail(github, link(run), f"text of {run}")

    first = waiting.pop(0)
    github.before = interleave
    fail(github, link(first), f"text of {first}")
    (only,) = github.comments
    assert only["body"].endswith("text of 102")


def test_a_comment_that_vanishes_while_it_is_settled_is_made_again() -> None:
    github = FakeGitHub()

    def rival(request: httpx.Request) -> None:
        if request.method == "POST" and not github.made:
            github.comments.append(comment(1, body(link(90)), login="github-actions[bot]"))
        if request.method == "PATCH":
            github.comments[:] = [one for one in github.comments if one["id"] != 1]

    github.before = rival
    assert fail(github, link(100)) == "created"
    assert [one["id"] for one in github.comments] == [1002]


def test_a_resolved_comment_stays_within_the_limit() -> None:
    github = FakeGitHub()
    fail(github, link(100), "x" * (LIMIT - 200))
    post_success(github.repository(), 5, link(101, NEW))
    assert len(github.comments[0]["body"]) <= LIMIT
