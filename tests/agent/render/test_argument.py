"""A model's argument in the terminal and in Markdown: what holds, what is struck, and its own words apart."""

import io

import pytest
from rich.console import Console

from agent.render import report_view, to_markdown
from agent.render.console import THEME
from agent.schema import Argument, Asked, Checked, Report, Suggested
from tests.agent.render.sample import report as sample
from tools.faults import FaultKind

ARGUMENT = Argument(
    model="small-1",
    asked=(
        Asked(tool="latency", arguments="{}", outcome="answered", evidence="E1"),
        Asked(tool="latency", arguments="{}", outcome="repeated", evidence="E1"),
    ),
    claims=(
        Checked(id="C1", component="pay", sentence="pay rose from 1 ms to 9 ms", evidence=("E1",), verified=True),
        Checked(
            id="C2",
            component="",
            sentence="“<b>cart</b> @team” fell from 20 to 900 ms",
            evidence=("E9",),
            verified=False,
            reason="cites E9, which does not exist",
        ),
    ),
    suggested=(
        Suggested(
            component="pay", fault_kind=FaultKind.BAD_DEPLOY, claims=("C2",), outcome="struck", reason="rests on C2"
        ),
        Suggested(component="bank", fault_kind=FaultKind.EXCEPTION, claims=("C1",), outcome="added", moved=0.1),
    ),
    prose=("The pool is small.",),
    withheld=2,
    ended="the limit of 12 calls is used up",
)


PLAIN = sample()


@pytest.fixture
def report() -> Report:
    return PLAIN.model_copy(update={"argument": ARGUMENT})


def terminal(report: Report, *, colour: bool = False) -> str:
    out = io.StringIO()
    console = Console(
        file=out, width=80, theme=THEME, force_terminal=colour, color_system="standard" if colour else None
    )
    console.print(report_view(report, 80))
    return out.getvalue()


def test_the_terminal_shows_each_part_under_its_label(report: Report) -> None:
    lines = {line[:9].strip(): line[10:].rstrip() for line in terminal(report).splitlines() if line[:9].strip()}
    assert lines["model"].startswith("small-1: 2 queries (1 repeated); claims: 1 kept, 1 struck")
    assert lines["holds"] == "C1 pay rose from 1 ms to 9 ms E1"
    assert lines["struck"].startswith("C2 “<b>cart</b> @team” fell from 20 to 900 ms [cites E9")
    assert lines["proposed"].startswith("pay (bad deploy), resting on C2: not counted, rests on C2")
    assert lines["unproven"] == "“The pool is small.”"
    assert lines["ended"] == "early: the limit of 12 calls is used up"
    assert "2 sentences left out" in terminal(report)


def test_what_is_struck_is_struck_through(report: Report) -> None:
    coloured = terminal(report, colour=True)
    struck = next(line for line in coloured.splitlines() if "cart" in line)
    assert "\x1b[2;9m" in struck
    assert "~~C2: “&lt;b&gt;cart&lt;/b&gt;" in to_markdown(report)


def test_markdown_has_no_markup_of_a_model(report: Report) -> None:
    text = to_markdown(report)
    assert "<b>" not in text
    assert "@team" not in text
    assert "- C1: pay rose from 1 ms to 9 ms (E1)" in text
    assert "**Unverified, in its own words**\n\n> “The pool is small.”" in text
    assert "- bank (exception), resting on C1: added, 10 % added to its confidence" in text
    assert "**Ended early:**" in text


def test_without_a_model_there_is_no_such_section() -> None:
    assert "unproven" not in terminal(PLAIN)
    assert "language model's part" not in to_markdown(PLAIN)


def test_a_cause_that_the_model_read_is_flagged(report: Report) -> None:
    first = report.hypotheses[0].model_copy(update={"origin": "model"})
    flagged = report.model_copy(update={"hypotheses": (first, *report.hypotheses[1:])})
    assert "(read in a change by the model)" in " ".join(terminal(flagged).split())
    assert "(read in a change by the model)" in to_markdown(flagged)
