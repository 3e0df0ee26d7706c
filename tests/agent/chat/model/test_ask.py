"""Questions to a model on a real server: what is asked, what is shown as fact, what is kept when it fails."""

from __future__ import annotations

import json
from typing import Any

import pytest

from agent.chat import Session
from agent.investigation import Watch
from agent.investigation.record import replay
from agent.journal import NAME, Exchange, read_journal, sent_of
from agent.prompts import load_prompt
from tests.agent.chat.model.served import ask, false_claim, reply, served, slow_finding, true_claim
from tests.agent.model.endpoint.scripted import Reply, refused, said, streamed
from tools.config import Settings
from tools.errors import InputError

Run = tuple[Settings, str]
ENOUGH = said("enough")
RATE_LIMIT = {"error": {"message": "slow down", "type": "rate_limit_error", "code": 429}}


def test_what_evidence_bears_out_is_fact_and_the_rest_stands_apart(run: Run) -> None:
    item = slow_finding(Session.open(run[1], run[0]))
    told = reply([true_claim(item), false_claim(item)], "It waits for a lock. Perhaps the pool is small.")
    with served(run[0], ENOUGH, streamed(told)) as (settings, asked):
        turn, notice, grown = ask(Session.open(run[1], settings), "why is pay slow?")
    assert turn.text.startswith("self-time of pay")
    assert turn.text.endswith(f"[{item.id}]")
    assert "987" not in turn.text
    assert len(turn.struck) == 1
    assert turn.unverified == ("It waits for a lock.", "Perhaps the pool is small.")
    assert notice is None
    assert [body.get("stream", False) for body in asked] == [False, True]
    seen = [(bool(step.text), len(step.unverified)) for step in grown]
    assert (True, 0) in seen, "the fact is there before the words"
    assert (True, 1) in seen, "the first sentence is there before the second"


def test_the_model_looks_with_tools_and_what_it_finds_can_be_cited_and_is_kept(run: Run) -> None:
    claim = {"service": "pay", "predicate": "says", "quote": "waiting for lock", "evidence": ["Q1"]}
    look = said("", ("log_lines", {"service": "pay", "text": "lock"}))
    with served(run[0], look, ENOUGH, streamed(reply([claim]))) as (settings, asked):
        session = Session.open(run[1], settings)
        turn, _, grown = ask(session, "what does pay log?")
        assert "| Q1: " in json.dumps(asked[1], ensure_ascii=False)
        assert turn.asked[0].endswith("→ [Q1]")
        assert grown[0].asked == turn.asked, "what it asks is shown while it goes on"
        assert "[Q1]" in turn.text, (turn, asked[0]["tools"])
        again = Session.open(run[1], settings)
    assert again.find("Q1") == session.find("Q1") is not None
    assert again.transcript.turns[-1] == turn
    assert "Q1" in again.known().evidence


def test_questions_go_on_from_each_other(run: Run) -> None:
    with served(run[0], ENOUGH, streamed(reply([], "Because."))) as (settings, asked):
        session = Session.open(run[1], settings)
        ask(session, "why is pay slow?")
        ask(session, "and since when?")
    first = next(m["content"] for m in asked[-1]["messages"] if m["role"] == "user")
    assert "| engineer: why is pay slow?" in first
    assert first.rstrip().endswith("Question of the engineer:\n| and since when?")


def test_prompts_are_versioned_and_say_whose_words_are_data(run: Run) -> None:
    with served(run[0], ENOUGH, streamed(reply([]))) as (settings, asked):
        ask(Session.open(run[1], settings), "why?")
    assert asked[0]["messages"][0]["content"] == load_prompt("ask").text
    assert asked[1]["messages"][-1]["content"] == load_prompt("reply").text
    assert all(load_prompt(name).version.startswith("1-") for name in ("ask", "reply"))


def test_everything_asked_is_in_the_journal_and_the_run_still_replays(run: Run) -> None:
    look = said("", ("log_lines", {"service": "pay", "text": "lock"}))
    with served(run[0], look, ENOUGH, streamed(reply([]))) as (settings, asked):
        session = Session.open(run[1], settings)
        ask(session, "what does pay log?")
        entries = read_journal(settings.runs / run[1] / NAME)
        assert len([e for e in entries if isinstance(e, Exchange) and e.answer]) == 3
        assert len(sent_of(entries)) == len(asked) == 3
        assert replay(run[1], settings.runs).same
        revised = session.weigh_again(session.rejecting("H1", "it is idle"), Watch())
        assert replay(revised.run_id, settings.runs).same


def test_no_secret_leaves_or_is_kept(run: Run) -> None:
    key = "AKIA" + "IOSFODNN7EXAMPLQ"
    words = f"The key {key} is wrong."
    with served(run[0], ENOUGH, streamed(reply([{"service": key, "predicate": "errors"}], words))) as (settings, asked):
        turn, _, grown = ask(Session.open(run[1], settings), f"is the key {key} wrong?")
    kept = "".join(path.read_text() for path in settings.runs.rglob("*.jsonl"))
    for text in (json.dumps(asked), kept, repr(turn), repr(grown)):
        assert key not in text
    assert turn.unverified


@pytest.mark.parametrize(
    ("last", "more", "reason"),
    [
        ([RATE_LIMIT], {}, "limits the rate"),
        ([{"error": {"message": "out of memory"}}], {}, "out of memory"),
        ([], {"headers": {"content-length": "100000"}}, "cannot be reached"),
    ],
)
def test_what_arrived_before_the_model_failed_is_kept(
    run: Run, last: list[object], more: dict[str, Any], reason: str
) -> None:
    item = slow_finding(Session.open(run[1], run[0]))
    begun = reply([true_claim(item)], "It waits for a lock. Then it")[:-2]
    with served(run[0], ENOUGH, streamed(begun, last=last, **more)) as (settings, _):
        session = Session.open(run[1], settings)
        turn, notice, _ = ask(session, "why is pay slow?")
        assert session.budget is not None
        assert session.budget.usage.completion_tokens > 10, "what has arrived is charged"
    assert f"[{item.id}]" in turn.text
    assert turn.unverified == ("It waits for a lock.", "Then it…")
    assert notice is not None
    assert reason in notice.text
    assert "what had arrived is kept" in notice.text
    assert [t.who for t in Session.open(run[1], settings).transcript.turns[-2:]] == ["model", "notice"]


@pytest.mark.parametrize(
    ("first", "reason"), [(refused("slow", 429), "limits the rate"), (refused("oh", 500), "status 500")]
)
def test_a_model_that_is_down_leaves_a_notice(run: Run, first: Reply, reason: str) -> None:
    with served(run[0], first) as (settings, _):
        session = Session.open(run[1], settings)
        turn, notice, _ = ask(session, "why?")
    assert not turn.says_anything
    assert notice is not None
    assert reason in notice.text
    assert "kept" not in notice.text


def test_the_budget_holds_across_questions_and_is_raised(run: Run) -> None:
    with served(
        run[0],
        ENOUGH,
        streamed(reply([], "Because.")),
        streamed(reply([], "So.")),
        ENOUGH,
        streamed(reply([], "Then.")),
        budget_calls=3,
    ) as (settings, asked):
        session = Session.open(run[1], settings)
        ask(session, "why?")
        _, notice, _ = ask(session, "and why?")
        assert notice is not None
        assert "the budget allows no more queries" in notice.text
        _, notice, _ = ask(session, "and why that?")
        assert notice is not None
        assert "the limit of 3 calls is used up: raise it with /budget" in notice.text
        assert len(asked) == 3
        again = Session.open(run[1], settings)
        purse = again.open_purse()
        assert purse is not None
        assert purse.budget.calls == 3, "leaving resets nothing"
        purse.set_limit("calls", "9")
        _, notice, _ = ask(again, "and now?")
        assert notice is None
        assert len(asked) == 5


def test_a_revision_may_spend_what_questions_have_left(run: Run) -> None:
    with served(run[0], ENOUGH, streamed(reply([])), budget_calls=2) as (settings, asked):
        session = Session.open(run[1], settings)
        ask(session, "why?")
        report = session.weigh_again(session.rejecting("H1", "it is idle"), Watch())
    assert len(asked) == 2
    assert report.argument is not None
    assert "calls is used up" in report.argument.ended


def test_a_person_stops_it_in_mid_stream(run: Run) -> None:
    item = slow_finding(Session.open(run[1], run[0]))
    told = reply([true_claim(item)], "It waits for a lock. " * 4)
    wanted: list[object] = []
    with served(run[0], ENOUGH, streamed(told, pause=0.02)) as (settings, _):
        session = Session.open(run[1], settings)
        turn, notice = session.ask_model("why?", wanted.append, lambda: bool(wanted))
    assert notice is not None
    assert notice.text.startswith("stopped by a person")
    assert f"[{item.id}]" in turn.text


@pytest.mark.parametrize("text", ["no JSON at all", "[]", '{"claims": 5}'])
def test_an_answer_that_is_none_is_said_to_be_none(run: Run, text: str) -> None:
    with served(run[0], ENOUGH, streamed(text), said(text)) as (settings, _):
        turn, notice, _ = ask(Session.open(run[1], settings), "why?")
    assert turn.text == ""
    assert notice is not None


def test_without_a_model_there_is_nobody_to_ask(run: Run) -> None:
    with pytest.raises(InputError, match="no language model"):
        Session.open(run[1], run[0]).ask_model("why?", lambda turn: None, lambda: False)
