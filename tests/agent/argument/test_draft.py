"""The conversation: rounds of queries, an answer, and an honest draft however it ends."""

import json
from pathlib import Path
from typing import Any

import pytest

from agent.argument.conversation import Conversation
from agent.argument.draft import CALLS_A_ROUND, ROUNDS, Draft, hold_argument
from agent.model import Budget, Completion, Limits, Usage
from agent.prompts import load_prompt
from agent.toolbox import Bench, Toolbox
from tests.agent.argument.script import Script, asking, saying
from tests.builders import SCOPE, Folder, shop
from tools.config import ModelSettings
from tools.errors import ModelUnreachableError
from tools.evidence import Evidence

ANSWER = saying(json.dumps({"claims": [], "hypotheses": [], "explanation": "It waits."}))
LOOK = asking(("latency", {"service": "pay"}))
ORDERS = ("slowest", "median", "failed")


def silent(turn: Completion) -> Completion:
    """Return a turn of a server that does not tell what it used."""
    return turn.model_copy(update={"usage": Usage()})


@pytest.fixture
def box(tmp_path: Path) -> Toolbox:
    telemetry = Folder(tmp_path / "shop").spans(*shop(0, 60), *shop(60, 60, {"pay": 80.0})).open()
    return Toolbox(Bench(telemetry, SCOPE, tmp_path / "shop"), 7)


def hold(
    box: Toolbox, model: Script, *, stopped: bool = False, sent: dict[str, int] | None = None, **limits: Any
) -> tuple[Draft, list[Evidence], Conversation]:
    allowed: dict[str, Any] = {"tokens": 40_000, "calls": 12, "seconds": 300.0, "money": 1.0, **limits}
    settings = ModelSettings.model_validate(sent or {})
    budget = Budget(Limits(**allowed), 1.0, 1.0)
    talk = Conversation(model, budget, settings)
    draft, found = hold_argument(talk, box, "Symptom:\n| slow", stopped=lambda: stopped)
    return draft, found, talk


def test_it_asks_reads_and_answers(box: Toolbox) -> None:
    model = Script(LOOK, saying("enough"), ANSWER)
    draft, found, _ = hold(box, model)
    assert [(item.tool, item.outcome, item.evidence) for item in draft.asked] == [("latency", "answered", "E7")]
    assert [item.id for item in found] == ["E7"]
    assert draft.answer.explanation == "It waits."
    assert draft.ended == ""
    assert "self-time of pay" in model.seen[1][-1].content
    assert model.seen[1][-1].content.startswith("| E7: ")
    assert model.tools[-1] == []


def test_prompts_are_versioned(box: Toolbox) -> None:
    draft, _, _ = hold(box, Script(saying(""), ANSWER))
    assert draft.prompts == {name: load_prompt(name).version for name in ("investigate", "answer")}
    assert all(version.partition("-")[0].isdecimal() for version in draft.prompts.values())


def test_a_model_that_repeats_itself_is_stopped_and_still_may_answer(box: Toolbox) -> None:
    draft, found, _ = hold(box, Script(LOOK, LOOK, LOOK, ANSWER))
    assert [item.outcome for item in draft.asked] == ["answered", "repeated"]
    assert len(found) == 1
    assert "kept asking" in draft.ended
    assert draft.answer.explanation == "It waits."


def test_rounds_and_queries_of_a_round_are_bounded(box: Toolbox) -> None:
    names = ["front", "pay", "cart", "bank"]
    rounds = [asking(*[("find_traces", {"service": n, "order": o}) for n in names]) for o in ("slowest", "median")]
    endless = [*rounds, *[asking(("latency", {"service": n})) for n in names], ANSWER]
    draft, _, talk = hold(box, Script(*endless))
    assert talk.budget.calls == ROUNDS + 1
    refused = [item for item in draft.asked if item.reason.startswith("refused: too many")]
    assert len(refused) == 2 * (len(names) - CALLS_A_ROUND)


def test_a_thousand_queries_in_one_turn_are_no_flood(box: Toolbox) -> None:
    draft, found, _ = hold(box, Script(asking(*[("latency", {"service": f"s{n}"}) for n in range(1000)]), ANSWER))
    assert len(draft.asked) <= 24
    assert found == []


@pytest.mark.parametrize(
    ("limits", "reason", "answered"),
    [
        ({"calls": 0}, "0 calls", False),
        ({"calls": 1}, "no more queries", True),
        ({"calls": 2}, "no more queries", True),
        ({"tokens": 0}, "0 tokens", False),
        ({"tokens": 300}, "300 tokens", False),
        ({"tokens": 2500}, "no more queries", True),
        ({"seconds": 0.0}, "0 seconds", False),
        ({"seconds": 0.15}, "0.15 seconds", False),
        ({"money": 0.0}, "0 in money", False),
    ],
)
def test_an_exhausted_budget_ends_it_with_what_there_is(
    box: Toolbox, limits: dict[str, Any], reason: str, answered: bool
) -> None:
    draft, _, talk = hold(box, Script(LOOK, asking(("latency", {"service": "bank"})), ANSWER), **limits)
    assert reason in draft.ended
    assert bool(draft.answer.explanation) is False or answered
    assert talk.budget.calls <= limits.get("calls", 12)


@pytest.mark.parametrize("sent", [{"prompt_tokens": 2_400}, {"argument_tokens": 5_000}, {"argument_tokens": 2_500}])
def test_prompts_do_not_outgrow_what_may_be_sent_in_one_call_or_read_in_all(box: Toolbox, sent: dict[str, int]) -> None:
    greedy = [asking(*[("find_traces", {"service": n, "order": o}) for n in ("pay", "cart", "bank")]) for o in ORDERS]
    model = Script(*[silent(turn) for turn in greedy], silent(ANSWER))
    draft, found, talk = hold(box, model, sent=sent)
    assert draft.ended == "the budget allows no more queries"
    assert 0 < len(found) < len(draft.asked)
    assert {item.outcome for item in draft.asked} == {"answered", "refused"}
    assert draft.answer.explanation == "It waits."
    assert talk.size() <= sent.get("prompt_tokens", 6_000)
    assert talk.read <= sent.get("argument_tokens", 8_000)


def test_where_not_one_query_fits_the_model_answers_from_what_it_was_told(box: Toolbox) -> None:
    draft, found, talk = hold(box, Script(LOOK, ANSWER), sent={"argument_tokens": 500})
    assert (found, draft.asked, talk.budget.calls) == ([], (), 1)
    assert draft.answer.explanation == "It waits."


def test_what_was_found_before_the_budget_ended_is_kept(box: Toolbox) -> None:
    _, found, _ = hold(box, Script(LOOK, LOOK, ANSWER), seconds=0.15)
    assert [item.id for item in found] == ["E7"]


def test_a_model_that_fails_leaves_a_reason(box: Toolbox) -> None:
    draft, found, talk = hold(box, Script(LOOK, ModelUnreachableError("the endpoint cannot be reached", "start it")))
    assert draft.ended == "the endpoint cannot be reached: start it"
    assert len(found) == 1
    assert talk.budget.calls == 2


@pytest.mark.parametrize("text", ["", "no JSON", '{"claims": 5}', "[]", '{"claims": [{"evidence": [1, {}]}]}'])
def test_an_answer_that_is_no_answer_is_none(box: Toolbox, text: str) -> None:
    draft, _, _ = hold(box, Script(saying(""), saying(text)))
    assert draft.answer.claims == ()
    assert "not the JSON" in draft.ended


def test_a_model_that_asks_on_has_not_answered(box: Toolbox) -> None:
    draft, _, _ = hold(box, Script(saying(""), LOOK))
    assert draft.ended == "the model asked on instead of answering"


def test_a_person_can_stop_it(box: Toolbox) -> None:
    model = Script(LOOK, ANSWER)
    draft, _, _ = hold(box, model, stopped=True)
    assert draft.ended == "stopped by a person"
    assert model.seen == []


def test_secrets_do_not_leave_with_a_message(tmp_path: Path) -> None:
    talk = Conversation(Script(ANSWER), Budget(Limits(1000, 1, 1.0, 1.0)), ModelSettings())
    hold_argument(
        talk, Toolbox(Bench(Folder(tmp_path).spans(*shop(0, 9)).open(), SCOPE, tmp_path), 1), "password=hunter2hunter2"
    )
    assert "hunter2" not in talk.model.prompt  # type: ignore[attr-defined]  # it is a script


def test_usage_is_estimated_where_a_server_tells_none(box: Toolbox) -> None:
    _, _, talk = hold(box, Script(silent(ANSWER), silent(ANSWER)))
    assert talk.budget.usage.prompt_tokens > 500
