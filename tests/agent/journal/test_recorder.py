"""A recorded model: failures and secrets, what left the machine, and the same answers on replay."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent.journal import JournalFile, Player, Recorder, read_journal, sent_of
from agent.journal.entries import Exchange
from agent.model import ChatRequest, Completion, Message, ToolCall, Usage
from tests.agent.argument.script import Script, saying
from tests.agent.model.endpoint.scripted import model_at, refused, said, scripted
from tests.agent.render.sample import report
from tests.tools.redact.canaries import ALL, leaks
from tools.config import Settings
from tools.errors import ModelError, ModelOverflowError, ModelTimeoutError, RunError
from tools.sources import Telemetry

ASK = [Message(role="user", content="Which service?")]


def recorder(tmp_path: Path) -> Recorder:
    made = Recorder(JournalFile(tmp_path / "journal.jsonl"), price=lambda usage: usage.total / 100)
    made.begin(Settings(), Telemetry(), "script", 0, None)
    made.visit = 1
    return made


def player(tmp_path: Path, made: Recorder) -> Player:
    made.end(report())
    entries = read_journal(tmp_path / "journal.jsonl")
    found = Player("r1", entries)
    found._visits = {"gather": 1}
    found.node("gather", {}, lambda: {})
    return found


def test_answers_and_failures_come_again_in_order(tmp_path: Path) -> None:
    made = recorder(tmp_path)
    failing = ModelOverflowError("too long", "cut it")
    model = made.model(Script(saying("payment")))
    first = model.complete(ChatRequest(ASK, 5, 1))
    with pytest.raises(ModelOverflowError):
        made.model(Script(failing)).complete(ChatRequest(ASK, 6, 1))
    again = player(tmp_path, made).model(model)
    assert again.complete(ChatRequest(ASK, 5, 1)) == first
    with pytest.raises(ModelOverflowError, match="too long: cut it"):
        again.complete(ChatRequest(ASK, 6, 1))
    with pytest.raises(RunError, match="this question to the model"):
        again.complete(ChatRequest(ASK, 5, 1))


def test_another_question_is_refused(tmp_path: Path) -> None:
    made = recorder(tmp_path)
    made.model(Script(saying("payment"))).complete(ChatRequest(ASK, 5, 1))
    again = player(tmp_path, made).model(Script(saying("")))
    with pytest.raises(RunError, match="this question to the model"):
        again.complete(ChatRequest([Message(role="user", content="Which host?")], 5, 1))


def test_a_model_that_never_answered_does_not_answer_again(tmp_path: Path) -> None:
    made = recorder(tmp_path)

    class Killed(Script):
        def complete(self, request: ChatRequest) -> Completion:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        made.model(Killed()).complete(ChatRequest(ASK, 5, 1))
    with pytest.raises(ModelTimeoutError, match="within 2 s"):
        player(tmp_path, made).model(Script(saying(""))).complete(ChatRequest(ASK, 5, 2))


def test_secrets_in_questions_and_answers_stay_out_and_do_not_spoil_the_replay(tmp_path: Path) -> None:
    made = recorder(tmp_path)
    call = ToolCall(id="c", name="logs", arguments=json.dumps({"password": "CaNaRy7"}))
    turn = Completion(text=json.dumps({"cause": ALL}), tool_calls=(call,), usage=Usage(prompt_tokens=1))
    told = [Message(role="user", content=ALL)]
    answer = made.model(Script(turn)).complete(ChatRequest(told, 5, 1))
    assert leaks(answer.model_dump_json()) == []
    assert json.loads(answer.text)["cause"].startswith("connect failed: password=[redacted")
    assert leaks((tmp_path / "journal.jsonl").read_text()) == []
    assert player(tmp_path, made).model(Script(turn)).complete(ChatRequest(told, 5, 1)) == answer


def test_what_left_is_written_as_it_left(tmp_path: Path) -> None:
    made = recorder(tmp_path)
    with scripted(refused("Unsupported: seed"), said("payment")) as (url, asked):
        made.model(model_at(url, tmp_path)).complete(ChatRequest(ASK, 5, 5))
    entries = read_journal(tmp_path / "journal.jsonl")
    assert sent_of(entries) == [{name: v for name, v in body.items() if name != "key"} for body in asked]
    done = [e for e in entries if isinstance(e, Exchange) and e.answer]
    assert [(e.cost, e.form, e.max_tokens) for e in done] == [(0.15, "", 5)]


def test_a_model_on_this_machine_sends_nothing(tmp_path: Path) -> None:
    made = recorder(tmp_path)
    made.model(Script(saying("payment"))).complete(ChatRequest(ASK, 5, 1))
    assert sent_of(read_journal(tmp_path / "journal.jsonl")) == []


def test_a_journal_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="cannot write"):
        Recorder(JournalFile(tmp_path / "none" / "journal.jsonl")).begin(Settings(), Telemetry(), "", 0, None)


def test_keys_are_not_in_the_journal(tmp_path: Path) -> None:
    made = Recorder(JournalFile(tmp_path / "journal.jsonl"))
    settings = Settings.model_validate({"model": {"key": "k-77123"}, "ci": {"token": "t-77123"}})
    made.begin(settings, Telemetry(), "", 0, {"scope": "{}"})
    assert "77123" not in (tmp_path / "journal.jsonl").read_text()


def test_errors_that_are_no_model_errors_are_never_raised_from_a_journal() -> None:
    from agent.journal.entries import Failure
    from agent.journal.player import as_error

    assert type(as_error(Failure(error="SystemExit", problem="x"))) is ModelError
    assert type(as_error(Failure(error="RunError", problem="x"))) is ModelError
