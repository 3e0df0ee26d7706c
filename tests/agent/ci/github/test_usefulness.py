from __future__ import annotations

import json

from agent.ci.comment import RunLink
from agent.ci.github.post import marker_of
from agent.ci.github.transport import API
from agent.ci.github.usefulness import count_usefulness
from agent.ci.replies.answer import answer_marker
from agent.ci.replies.table import feedback_json, feedback_table
from tests.agent.ci.github.fake import NAME, FakeGitHub, comment
from tests.agent.ci.reports import NOON


def at(number: int, pull: int, body: str, login: str = "github-actions[bot]") -> dict[str, object]:
    return {**comment(number, body, login), "issue_url": f"{API}/repos/{NAME}/issues/{pull}"}


def told(kind: str, workflow: str = "ci") -> str:
    return marker_of(RunLink(run_id=100, workflow=workflow), 1, kind).text() + "why"


def react(content: str, login: str) -> dict[str, object]:
    return {"content": content, "user": {"login": login, "type": "User"}}


def github() -> FakeGitHub:
    return FakeGitHub(
        comments=[
            at(1, 5, told("regression")),
            at(2, 5, answer_marker(9, "confirm") + "Confirmed"),
            at(3, 5, answer_marker(10, "why") + "Why"),
            at(4, 6, told("regression").replace("state=failed", "state=resolved")),
            at(5, 7, told("flaky")),
            at(6, 7, answer_marker(11, "wrong") + "Noted"),
            at(7, 7, told("flaky"), login="mallory"),
            at(8, 8, "a chat", login="ada"),
        ],
        reactions={1: [react("+1", "ada"), react("+1", "bob")], 5: [react("-1", "ada")], 7: [react("+1", "mallory")]},
    )


def test_reactions_and_commands_are_counted_per_verdict() -> None:
    rows = count_usefulness(github().repository(), NOON, "github-actions[bot]")
    counts = json.loads(feedback_json(rows))
    assert counts == {
        "regression": {"comments": 2, "resolved": 1, "useful": 2, "useless": 0, "confirmed": 1, "wrong": 0},
        "flaky": {"comments": 1, "resolved": 0, "useful": 0, "useless": 1, "confirmed": 0, "wrong": 1},
        "all": {"comments": 3, "resolved": 1, "useful": 2, "useless": 1, "confirmed": 1, "wrong": 1},
    }


def test_a_command_where_two_workflows_commented_is_counted_for_neither() -> None:
    fake = github()
    fake.comments.append(at(9, 5, told("dependency", "nightly")))
    rows = {row.kind: row for row in count_usefulness(fake.repository(), NOON, "github-actions[bot]")}
    assert rows["regression"].confirmed == 0


def test_comments_without_reactions_cost_no_request() -> None:
    fake = github()
    for one in fake.comments:
        one["reactions"] = {"total_count": 0}
    count_usefulness(fake.repository(), NOON, "github-actions[bot]")
    assert len(fake.requests) == 1


def test_the_table_fits_a_terminal() -> None:
    table = feedback_table(count_usefulness(github().repository(), NOON, "github-actions[bot]")).splitlines()
    assert table[0].split() == ["verdict", "comments", "resolved", "useful", "useless", "confirmed", "wrong"]
    assert table[1].split() == ["regression", "2", "1", "2", "0", "1", "0"]
    assert max(map(len, table)) <= 80


def test_a_repository_without_comments_has_zeros() -> None:
    fake = FakeGitHub()
    assert [row.kind for row in count_usefulness(fake.repository(), NOON, "x")] == ["all"]
