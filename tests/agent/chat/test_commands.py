"""Commands: reading, completing, and one table behind both."""

import pytest

from agent.chat.commands import COMMANDS, Command, Known, complete, matching, parse
from tools.errors import InputError

KNOWN = Known(("payment", "catalog"), ("E1", "E12"), ("checkout", "payment"), ("20261124T130434-d16389",))


def test_a_command_has_a_name_and_a_rest() -> None:
    assert parse("/logs payment  time out ") == Command("logs", "payment  time out")
    assert parse("/logs payment  time out ").split() == ("payment", "time out")
    assert parse("/changes") == Command("changes")


def test_the_beginning_of_a_name_is_enough_where_it_is_unique() -> None:
    assert parse("/inv").name == "investigate"
    with pytest.raises(InputError, match=r"did you mean /missing or /metrics\?"):
        parse("/m")


@pytest.mark.parametrize(("line", "hint"), [("/lgos", "/logs"), ("/", "/help"), ("/nonsense", "/help")])
def test_a_wrong_name_is_answered_with_the_nearest(line: str, hint: str) -> None:
    with pytest.raises(InputError, match=f"did you mean .*{hint}"):
        parse(line)


@pytest.mark.parametrize("name", [kind.name for kind in COMMANDS if not kind.alone])
def test_a_command_that_needs_an_argument_says_which(name: str) -> None:
    with pytest.raises(InputError, match=f"/{name} needs more: /{name} "):
        parse(f"/{name}")


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("/in", "/investigate"),
        ("/why h", "/why H1"),
        ("/evidence e12", "/evidence E12"),
        ("/logs che", "/logs checkout"),
        ("/resume 2026", "/resume 20261124T130434-d16389"),
        ("/observe f", "/observe for"),
        ("/observe for pay", "/observe for payment"),
        ("/changes x", ""),
        ("/nothing x", ""),
        ("/", ""),
        ("why", ""),
    ],
)
def test_lines_are_completed_from_what_is_known(typed: str, completed: str) -> None:
    assert complete(typed, KNOWN) == completed


def test_commands_that_a_line_may_become_are_shown_with_their_arguments() -> None:
    assert [kind.name for kind in matching("/re")] == ["reject", "restore", "resume"]
    assert [kind.name for kind in matching("/logs pay")] == ["logs"]
    assert matching("/logs pay")[0].arguments == "[SERVICE] [TEXT]"


def test_every_command_is_described_once() -> None:
    names = [kind.name for kind in COMMANDS]
    assert len(names) == len(set(names))
    assert all(kind.help for kind in COMMANDS)
