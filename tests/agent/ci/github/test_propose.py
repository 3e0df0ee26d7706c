from __future__ import annotations

import pytest

from agent.ci.github.propose import Proposal, find_place, propose
from tests.agent.ci.github.fake_contents import FakeContents
from tools.errors import CodeHostError

WANTED = "whydown/ci-1"


def put(held: FakeContents, **files: str) -> str:
    contents = held.contents()
    return propose(contents, find_place(contents, WANTED), Proposal("title", "body", files)).action


def test_a_proposal_opens_one_pull_request_and_adds_to_it() -> None:
    held = FakeContents()
    assert [put(held, a="1"), put(held, a="1"), put(held, a="2", b="3")] == ["opened", "kept", "updated"]
    assert len(held.pulls) == 1
    assert held.branches[WANTED] == {**held.branches["main"], "a": "2", "b": "3"}


@pytest.mark.parametrize("merged", [True, False])
def test_what_was_decided_is_left_alone(merged: bool) -> None:
    held = FakeContents()
    put(held, a="1")
    if merged:
        held.merge(1)
    else:
        held.pulls[0]["state"] = "closed"
    assert put(held, a="2") == "opened"
    assert [pull["head"]["ref"] for pull in held.pulls] == [WANTED, f"{WANTED}-2"]
    assert held.branches[WANTED]["a"] == "1"


def test_a_branch_that_a_crash_left_is_used() -> None:
    held = FakeContents()
    held.branches[WANTED] = {"a": "1"}
    assert put(held, a="2") == "opened"
    assert held.branches[WANTED] == {"a": "2"}


def test_a_missing_permission_is_told() -> None:
    held = FakeContents()
    held.branches = {}
    with pytest.raises(CodeHostError, match="404 to GET /repos/octo/postmortems/git/ref/heads/main"):
        put(held, a="1")
