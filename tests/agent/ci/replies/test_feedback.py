from __future__ import annotations

import pytest

from agent.ci.github.models import Reaction, User
from agent.ci.replies.command import Command, Verb
from agent.ci.replies.feedback import Reactions, count_reactions, feedback_file, feedback_of
from tests.agent.ci.reports import NOON, ci_report


def given(*pairs: str, kind: str = "User") -> list[Reaction]:
    return [Reaction(content=pair.split(":")[1], user=User(login=pair.split(":")[0], type=kind)) for pair in pairs]


@pytest.mark.parametrize(
    ("pairs", "counted"),
    [
        ((), (0, 0)),
        (("ada:+1", "bob:rocket", "eve:-1"), (2, 1)),
        (("ada:+1", "ada:heart", "ada:hooray"), (1, 0)),
        (("ada:+1", "ada:-1"), (0, 1)),
        (("ada:eyes", "bob:laugh"), (0, 0)),
        (("ada:confused",), (0, 1)),
    ],
)
def test_people_are_counted(pairs: tuple[str, ...], counted: tuple[int, int]) -> None:
    found = count_reactions(given(*pairs))
    assert (found.useful, found.useless) == counted


def test_programs_and_deleted_accounts_do_not_count() -> None:
    assert count_reactions([*given("bot:+1", kind="Bot"), Reaction(content="+1")]) == Reactions()


def test_the_file_of_a_command_is_the_same_when_it_is_read_again() -> None:
    report = ci_report().model_copy(update={"run_id": "ci-500"})
    command = Command(Verb.WRONG, 1, "the token is ghp_" + "a" * 36)
    told = feedback_of(report, command, "octo/shop", "ada", NOON, Reactions(useful=1))
    path, text = feedback_file(told, 7)
    assert path == "feedback/ci-500-7.json"
    assert (path, text) == feedback_file(told, 7)
    assert "ghp_" not in text
    assert told.component == "shop/cart.py:12: AssertionError"


def test_a_command_about_no_hypothesis_leaves_the_cause_empty() -> None:
    told = feedback_of(ci_report(), Command(Verb.WRONG, 9, "all"), "octo/shop", "ada", NOON, Reactions())
    assert (told.component, told.cause, told.confidence) == ("", "", 0.0)
