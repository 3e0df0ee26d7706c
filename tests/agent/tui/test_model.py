"""A person asks the language model: the answer grows in place, faults are said where it stands, nothing is lost."""

from pathlib import Path
from typing import Any

import pytest

from agent.chat import Session
from agent.tui.conversation import TurnView
from tests.agent.chat.model.served import false_claim, investigated, reply, served, slow_finding, true_claim
from tests.agent.model.endpoint.scripted import said, streamed
from tests.agent.tui.person import NARROW, WIDE, at_work
from tools.config import Settings
from tools.evidence import Evidence

pytestmark = pytest.mark.anyio
ENOUGH = said("enough")
RATE_LIMIT = {"error": {"message": "slow down", "type": "rate_limit_error"}}


@pytest.fixture
def run(tmp_path: Path) -> tuple[Settings, str, Evidence]:
    settings, run_id = investigated(tmp_path)
    return settings, run_id, slow_finding(Session.open(run_id, settings))


Run = tuple[Settings, str, Evidence]


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_facts_words_and_struck_claims_stand_apart(run: Run, size: tuple[int, int]) -> None:
    told = reply([true_claim(run[2]), false_claim(run[2])], "Perhaps it waits for a lock.")
    with served(run[0], ENOUGH, streamed(told)) as (settings, _):
        async with at_work(run[1], settings, size) as person:
            await person.type("explain it to me")
            await person.sees("✓ self-time of pay")
            await person.sees("Unverified, its own words:")
            await person.sees("“Perhaps it waits for a lock.”")
            await person.sees("Struck:")
            await person.until(lambda: not person.app.talk.busy)
            assert "is answering" not in person.screen()


async def test_a_citation_in_the_answer_is_clicked(run: Run) -> None:
    with served(run[0], ENOUGH, streamed(reply([true_claim(run[2])]))) as (settings, _):
        async with at_work(run[1], settings) as person:
            await person.press("down")
            await person.type("explain it to me")
            await person.sees("✓ self-time of pay")
            await person.until(lambda: not person.app.talk.busy)
            await person.pilot.pause()
            lines = person.screen().splitlines()
            x, y = next((x, y) for y, line in enumerate(lines) if (x := line.rfind(f"[{run[2].id}]")) > 0)
            await person.pilot.click(offset=(x + 1, y))
            await person.until(lambda: person.pane("finding").startswith(run[2].id))


async def test_the_answer_grows_while_the_screen_is_used(run: Run) -> None:
    told = reply([true_claim(run[2])], "It waits for a lock. " * 3)
    with served(run[0], ENOUGH, streamed(told, pause=0.05)) as (settings, _):
        async with at_work(run[1], settings) as person:
            await person.type("explain it to me")
            await person.sees("is answering…")
            await person.sees("answering │")
            await person.sees("✓ self-time of pay")
            assert person.app.talk.busy
            await person.press("escape")
            await person.until(lambda: not person.app.talk.busy)
            await person.sees("stopped by a person; what had arrived is kept")
            await person.sees("✓ self-time of pay")


async def test_what_it_finds_joins_the_evidence(run: Run) -> None:
    claim = {"service": "pay", "predicate": "says", "quote": "waiting for lock", "evidence": ["Q1"]}
    look = said("", ("log_lines", {"service": "pay", "text": "lock"}))
    with served(run[0], look, ENOUGH, streamed(reply([claim]))) as (settings, _):
        async with at_work(run[1], settings) as person:
            await person.type("what happened in there?")
            await person.sees("asked log_lines")
            await person.sees("✓ pay wrote “waiting for lock” [Q1]")
            await person.until(lambda: not person.app.talk.busy)
            await person.type("Q1")
            await person.until(lambda: person.pane("finding").startswith("Q1"))
            await person.type("/search lock")
            await person.until(lambda: "Q1" in {item.key for item in person.app.evidence.items})


@pytest.mark.parametrize(
    ("last", "more", "reason"),
    [
        ([RATE_LIMIT], {}, "limits the rate in mid-answer"),
        ([], {"headers": {"content-length": "99999"}}, "cannot be reached"),
    ],
)
async def test_a_model_that_fails_in_mid_stream_costs_nothing_else(
    run: Run, last: list[object], more: dict[str, Any], reason: str
) -> None:
    begun = reply([true_claim(run[2])], "It waits")[:-2]
    with served(run[0], ENOUGH, streamed(begun, last=last, **more)) as (settings, _):
        async with at_work(run[1], settings) as person:
            await person.type("compare pay with the baseline")
            await person.sees("whydown show")
            await person.until(lambda: any(reason in text for text in person.said()))
            await person.sees("✓ self-time of pay")
            assert any("what had arrived is kept" in text for text in person.said())
            assert any("both windows" in text for text in person.said()), "the tool's answer is given all the same"
        async with at_work(run[1], settings) as person:
            assert any(reason in text for text in person.said())
            await person.sees("✓ self-time of pay")


async def test_a_spent_budget_is_said_and_raised(run: Run) -> None:
    answers = [ENOUGH, streamed(reply([], "So it is."))]
    with served(run[0], *answers, *answers, budget_calls=2) as (settings, asked):
        async with at_work(run[1], settings) as person:
            await person.sees("2 calls")
            await person.type("explain it to me")
            await person.sees("“So it is.”")
            await person.sees("0 calls")
            await person.type("and who owns it?")
            await person.until(lambda: any("the limit of 2 calls is used up" in text for text in person.said()))
            assert any("Nobody is known to own" in text for text in person.said())
            await person.type("/budget calls 5")
            await person.until(lambda: any("calls    3 of 5" in text for text in person.said()))
            await person.sees("3 calls")
            await person.type("explain it again")
            await person.until(lambda: len(asked) == 4 and not person.app.talk.busy)


async def test_one_question_at_a_time(run: Run) -> None:
    with served(run[0], ENOUGH, streamed(reply([], "So it is. " * 60), pause=0.05)) as (settings, _):
        async with at_work(run[1], settings) as person:
            await person.type("explain it to me")
            await person.sees("is answering…")
            await person.type("explain more")
            await person.until(lambda: any("is still answering" in text for text in person.said()))
            await person.press("escape")
            await person.until(lambda: not person.app.talk.busy)


async def test_names_and_commands_are_no_questions_for_the_model(run: Run) -> None:
    with served(run[0], ENOUGH) as (settings, asked):
        async with at_work(run[1], settings) as person:
            for line in (run[2].id, "H1", "/why", "help"):
                await person.type(line)
            await person.until(lambda: len(person.said()) >= 9)
            assert asked == []
            assert not [view for view in person.app.query(TurnView) if view.turn.who == "model"]
            assert any("Any other question goes to scripted" in text for text in person.said())


async def test_another_run_leaves_the_answer_behind(run: Run) -> None:
    with served(run[0], ENOUGH, streamed(reply([], "So it is. " * 60), pause=0.05)) as (settings, _):
        async with at_work(run[1], settings) as person:
            await person.type("explain it to me")
            await person.sees("is answering…")
            await person.type(f"/resume {run[1]}")
            await person.until(lambda: not person.app.talk.busy)
            await person.until(lambda: "is answering" not in person.screen())
