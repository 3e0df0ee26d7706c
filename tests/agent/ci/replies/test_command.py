from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.ci.replies.command import LIMIT, Command, Verb, read_command


@pytest.mark.parametrize(
    ("body", "command"),
    [
        ("/whydown why", Command(Verb.WHY, 1, "")),
        ("/whydown why 2", Command(Verb.WHY, 2, "")),
        ("/whydown why H3", Command(Verb.WHY, 3, "")),
        ("/whydown why #2", Command(Verb.WHY, 2, "")),
        ("  /whydown   confirm  2: raised the pool", Command(Verb.CONFIRM, 2, "raised the pool")),
        ("/whydown confirm raised\r\nthe\tpool to 20", Command(Verb.CONFIRM, 1, "raised the pool to 20")),
        ("/whydown wrong 1 the runner was full", Command(Verb.WRONG, 1, "the runner was full")),
        ("/whydown confirm 3.2 of the driver fixes it", Command(Verb.CONFIRM, 1, "3.2 of the driver fixes it")),
        ("/whydown confirm 20% more memory", Command(Verb.CONFIRM, 1, "20% more memory")),
    ],
)
def test_commands_are_read(body: str, command: Command) -> None:
    assert read_command(body) == command


@pytest.mark.parametrize(
    "body",
    [
        None,
        "",
        "why?",
        "/whydown",
        "/whydown merge",
        "/whydown confirmed",
        "/whydownconfirm",
        "> /whydown confirm",
        "    /whydown confirm",
        "please /whydown confirm",
        "thanks\n/whydown confirm",
        "/WHYDOWN confirm",
    ],
)
def test_everything_else_is_no_command(body: str | None) -> None:
    assert read_command(body) is None


@given(st.text(max_size=5_000))
def test_what_is_kept_is_one_bounded_line(text: str) -> None:
    command = read_command(f"/whydown wrong 1 {text}")
    assert command is not None
    assert len(command.text) <= LIMIT
    assert "\n" not in command.text
