from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from agent.ci.comment import RunLink, to_comment
from agent.ci.github.post import marker_of
from agent.ci.github.reply import Replied, handle_reply
from agent.ci.sticky import Held, State, marked
from knowledge.postmortem import Status, parse_postmortem
from tests.agent.ci.github.fake import NAME, FakeGitHub, comment, packed, workflow_run
from tests.agent.ci.github.fake_contents import FakeContents
from tests.agent.ci.reports import ci_report
from tools.config import CiSettings, Settings

KEEPER = 500
"""Number of the run that explained the failure and keeps the report."""
SETTINGS = Settings(ci=CiSettings(knowledge_repo="octo/postmortems", knowledge_path="incidents"))
BRANCH = "whydown/ci-500"
FILE = "incidents/PM-ci-500-shop-cart-py-12-assertionerror-exception.md"


def thread(command: str, login: str = "ada", permission: str = "write") -> FakeGitHub:
    """Return a pull request with whydown's comment (id 1) and a person's command (id 2)."""
    link = RunLink(repo=NAME, run_id=100, sha="a" * 40)
    report = ci_report()
    told = to_comment(report, link, head=marker_of(link, KEEPER, "regression").text())
    return FakeGitHub(
        comments=[comment(1, told), comment(2, command, login=login)],
        permissions={login: permission},
        runs={KEEPER: workflow_run(KEEPER) | {"event": "workflow_run"}},
        artifacts=[{"id": 8, "name": "whydown-report", "size_in_bytes": 10, "expired": False}],
        archives={8: packed({"whydown-report.json": report.model_dump_json()})},
        reactions={1: [reaction("+1", "ada"), reaction("+1", "bob"), reaction("-1", "eve")]},
    )


def reaction(content: str, login: str, kind: str = "User") -> dict[str, object]:
    return {"id": 1, "content": content, "user": {"login": login, "type": kind}}


def reply(github: FakeGitHub, held: FakeContents | None = None, *, dry_run: bool = False) -> Replied:
    contents = held.contents() if held else None
    return handle_reply(github.repository(), contents, 2, SETTINGS, dry_run=dry_run)


def last(github: FakeGitHub) -> str:
    return str(github.comments[-1]["body"])


def test_why_is_answered_with_the_evidence_in_a_new_comment() -> None:
    github = thread("/whydown why 1")
    assert reply(github).action == "answered"
    assert len(github.comments) == 3
    assert "**Why hypothesis 1** (80 %)" in last(github)
    assert "- **E1** shop/cart.py:12: AssertionError" in last(github)
    assert "  ```text\n  shop/cart.py:12: AssertionError\n" in last(github)


def test_the_same_command_read_again_edits_its_answer() -> None:
    github = thread("/whydown why")
    reply(github)
    reply(github)
    assert len(github.comments) == 3


@pytest.mark.parametrize("permission", ["read", "none", ""])
def test_who_may_not_write_gets_no_answer(permission: str) -> None:
    github, held = thread("/whydown confirm it was me", "mallory", permission), FakeContents()
    assert reply(github, held).action == "refused"
    assert len(github.comments) == 2
    assert held.requests == []
    assert not [request for request in github.requests if "/artifacts" in request.url.path]


def test_who_is_unknown_gets_no_answer() -> None:
    github = thread("/whydown why", "mallory")
    github.permissions = {}
    assert reply(github).action == "refused"


@pytest.mark.parametrize("body", ["thanks!", "/whydown deploy", "why /whydown why"])
def test_other_comments_are_passed_over(body: str) -> None:
    github = thread(body)
    assert reply(github).action == "none"
    assert len(github.requests) == 1


def test_the_bots_own_words_are_no_command() -> None:
    github = thread("/whydown why", "github-actions[bot]")
    assert reply(github).action == "none"


def test_without_a_comment_of_whydown_there_is_nothing_to_answer() -> None:
    github = thread("/whydown why")
    github.comments[0]["user"]["login"] = "mallory"
    assert reply(github).action == "none"


def test_confirm_opens_a_pull_request_with_the_postmortem() -> None:
    github, held = thread("/whydown confirm 1 the last price is added again"), FakeContents()
    assert reply(github, held).action == "opened"
    assert "[a pull request on the knowledge base](https://github.com/octo/postmortems/pull/1)" in last(github)
    (pull,) = held.pulls
    assert pull["head"]["ref"] == BRANCH
    assert pull["base"]["ref"] == "main"
    assert "https://github.com/octo/shop/pull/5#issuecomment-2" in pull["body"]
    postmortem, problems = parse_postmortem(held.branches[BRANCH][FILE], Path(FILE))
    assert problems == []
    assert postmortem is not None
    assert postmortem.id == "PM-ci-500"
    assert postmortem.status is Status.CONFIRMED
    assert postmortem.resolution == "the last price is added again"
    assert postmortem.provenance.confirmed_by == "ada"
    assert postmortem.provenance.run == "ci-500"
    assert held.branches["main"] == {"README.md": "# Postmortems\n"}


def test_confirming_twice_leaves_one_pull_request_and_one_postmortem() -> None:
    github, held = thread("/whydown confirm 1 the last price is added again"), FakeContents()
    reply(github, held)
    before = dict(held.branches[BRANCH])
    assert reply(github, held).action == "answered"
    assert "run ci-500 is confirmed as PM-ci-500" in last(github)
    assert "/tmp" not in last(github)
    assert len(held.pulls) == 1
    assert held.branches[BRANCH] == before
    assert len(github.comments) == 3


def test_after_the_merge_the_run_stays_confirmed() -> None:
    github, held = thread("/whydown confirm 1 fixed"), FakeContents()
    reply(github, held)
    held.merge(1)
    assert reply(github, held).action == "answered"
    assert "is confirmed as PM-ci-500" in last(github)
    assert len(held.pulls) == 1


def test_confirm_without_words_names_the_commit_that_passed() -> None:
    github, held = thread("/whydown confirm"), FakeContents()
    one = github.comments[0]
    read = Held(1, marker_of(RunLink(run_id=100, sha="a" * 40), KEEPER, "regression"), one["body"])
    one["body"] = marked(read, State.RESOLVED, "b" * 40, 101, 1)
    assert reply(github, held).action == "opened"
    assert "A newer commit of pull request 5 of octo/shop passed" in held.branches[BRANCH][FILE]


@pytest.mark.parametrize(
    ("command", "lacks"),
    [
        ("/whydown confirm", "what fixed it is missing"),
        ("/whydown wrong", "why it is wrong is missing"),
        ("/whydown why 7", "the report has no hypothesis 7"),
        ("/whydown confirm 7 fixed", "the report has no hypothesis 7"),
    ],
)
def test_what_a_command_lacks_is_told(command: str, lacks: str) -> None:
    github, held = thread(command), FakeContents()
    assert reply(github, held).action == "answered"
    assert lacks in last(github)
    assert held.pulls == []


def test_wrong_is_kept_with_its_reason_and_the_reactions() -> None:
    github, held = thread("/whydown wrong 1 the runner's disk was full, password=hunter2secret"), FakeContents()
    assert reply(github, held).action == "opened"
    told = json.loads(held.branches[BRANCH]["incidents/feedback/ci-500-2.json"])
    assert told["verb"] == "wrong"
    assert told["said"].startswith("the runner's disk was full")
    assert "hunter2secret" not in str(told)
    assert (told["by"], told["kind"], told["repository"]) == ("ada", "regression", NAME)
    assert told["reactions"] == {"useful": 2, "useless": 1}
    assert "hunter2secret" not in held.pulls[0]["body"]
    assert not [path for path in held.branches[BRANCH] if path.endswith(".md") and path != "README.md"]


def test_wrong_and_then_confirm_go_into_one_pull_request() -> None:
    held = FakeContents()
    reply(thread("/whydown wrong 1 not this"), held)
    github = thread("/whydown confirm 1 it was, after all")
    github.comments[1]["id"] = 3
    assert handle_reply(github.repository(), held.contents(), 3, SETTINGS).action == "updated"
    assert len(held.pulls) == 1
    assert {FILE, "incidents/feedback/ci-500-2.json", "incidents/feedback/ci-500-3.json"} < set(held.branches[BRANCH])


def test_wrong_said_again_changes_nothing() -> None:
    github, held = thread("/whydown wrong 1 not this"), FakeContents()
    reply(github, held)
    assert reply(github, held).action == "kept"
    assert "already in [a pull request" in last(github)


def test_another_run_that_opens_the_pull_request_in_between_is_no_failure() -> None:
    github, held = thread("/whydown wrong 1 not this"), FakeContents()

    def rival(request: httpx.Request) -> None:
        if request.method == "POST" and request.url.path.endswith("/pulls") and not held.pulls:
            held.pulls.append({"number": 1, "state": "open", "head": {"ref": BRANCH}})

    held.before = rival
    assert reply(github, held).action == "updated"
    assert len(held.pulls) == 1


def test_without_a_knowledge_base_the_word_stays_on_the_pull_request() -> None:
    github = thread("/whydown wrong 1 not this")
    assert reply(github).action == "answered"
    assert "no repository for the knowledge base is set" in last(github)


def test_a_dry_run_changes_nothing() -> None:
    github, held = thread("/whydown confirm 1 fixed"), FakeContents()
    replied = reply(github, held, dry_run=True)
    assert replied.action == "printed"
    assert f"`{FILE}`" in replied.text
    assert {request.method for request in [*github.requests, *held.requests]} == {"GET"}


def _gone(github: FakeGitHub) -> None:
    github.artifacts[0]["expired"] = True


def _foreign(github: FakeGitHub) -> None:
    github.runs[KEEPER]["event"] = "pull_request"


def _damaged(github: FakeGitHub) -> None:
    github.archives[8] = b"PK"


def _deleted(github: FakeGitHub) -> None:
    github.runs = {}


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (_gone, "the report of this run is gone"),
        (_deleted, "the report of this run is gone"),
        (_foreign, "comes from a run that may not be trusted"),
        (_damaged, "damaged archive"),
    ],
)
def test_a_report_that_cannot_be_used_is_told(harm: Callable[[FakeGitHub], None], told: str) -> None:
    github, held = thread("/whydown confirm 1 fixed"), FakeContents()
    harm(github)
    assert reply(github, held).action == "answered"
    assert told in last(github)
    assert held.requests == []
