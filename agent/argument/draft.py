"""Hold the conversation: rounds of queries, then the answer. Whatever happens, an honest draft comes out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from agent.argument.conversation import Conversation, EndedError
from agent.argument.fence import fence
from agent.claims import Answer
from agent.model import Completion, Message
from agent.prompts import load_prompt
from agent.schema import Asked
from agent.toolbox import Toolbox
from tools.evidence import Evidence

ROUNDS, CALLS_A_ROUND = 4, 3
"""Turns in which the model may ask, and queries answered in one of them; more turns are not better."""
RESULT_TOKENS, ANSWER_TOKENS = 600, 500
"""What the result of a query, and the prompt for the answer, add to a conversation at most."""
IN_VAIN = 2
"""Rounds in a row without a new result after which asking ends. One of nothing but repeats ends it at once: a model
that has no other question goes on repeating this one, and each turn costs the whole conversation again."""


@dataclass(frozen=True, slots=True)
class Task:
    """What a model is set to: names of the prompts that set it to ask and to answer, and what takes its answer."""

    explore: str
    answer: str
    conclude: Callable[[Conversation, str], Answer]


INCIDENT = Task("investigate", "answer", lambda talk, prompt: talk.conclude(prompt, Answer))


class Draft(BaseModel):
    """What a conversation gave, before anything in it is checked."""

    model_config = ConfigDict(frozen=True)

    model: str
    prompts: dict[str, str]
    asked: tuple[Asked, ...] = ()
    answer: Answer = Answer()
    ended: str = ""


def hold_argument(
    talk: Conversation,
    box: Toolbox,
    first_message: str,
    progress: Callable[[str], None] = lambda step: None,
    stopped: Callable[[], bool] = lambda: False,
    task: Task = INCIDENT,
) -> tuple[Draft, list[Evidence]]:
    """Let the model ask and answer.

    Args:
        talk: an empty conversation.
        box: the tools.
        first_message: the digest of the case.
        progress: told of every query.
        stopped: whether a person wants no more.
        task: what it is set to.

    Returns:
        The draft, and the evidence that its queries gave.
    """
    prompts = {name: load_prompt(name) for name in (task.explore, task.answer)}
    talk.tell(Message(role="system", content=prompts[task.explore].text))
    talk.tell(Message(role="user", content=first_message))
    asked: list[Asked] = []
    found: list[Evidence] = []
    answer, ended = Answer(), ""
    try:
        ended = explore(talk, box, asked, found, progress, stopped)
        if not stopped():
            answer = task.conclude(talk, prompts[task.answer].text)
    except EndedError as reason:
        ended = "; ".join(part for part in (ended, str(reason)) if part)
    versions = {name: prompt.version for name, prompt in prompts.items()}
    draft = Draft(model=talk.model.name, prompts=versions, asked=tuple(asked), answer=answer, ended=ended)
    return draft, found


def explore(
    talk: Conversation,
    box: Toolbox,
    asked: list[Asked],
    found: list[Evidence],
    progress: Callable[[str], None],
    stopped: Callable[[], bool],
) -> str:
    """Answer queries until the model has no more; return why it had to end before, empty when it did not.

    Args:
        talk: a conversation that ends with what the model is to answer.
        box: the tools.
        asked: takes every query.
        found: takes the evidence that queries give.
        progress: told of every query.
        stopped: whether a person wants no more.

    Raises:
        EndedError: the model fails.
    """
    specs = box.specs()
    in_vain = 0
    for _ in range(ROUNDS):
        if stopped():
            return "stopped by a person"
        affordable = _affordable(talk, box)
        if not affordable:
            return "the budget allows no more queries"
        turn = talk.ask(specs)
        if not turn.tool_calls:
            return ""
        before = len(found)
        _answer_calls(talk, box, turn, affordable, asked, found, progress)
        in_vain = 0 if len(found) > before else in_vain + 1
        repeated = all(item.outcome == "repeated" for item in asked[-len(turn.tool_calls) :])
        if repeated or in_vain == IN_VAIN:
            return "the model kept asking for what it had, or for what does not exist"
    return ""


def _affordable(talk: Conversation, box: Toolbox) -> int:
    """Return how many queries of another turn can be answered, so that the answer can still be paid for."""
    specs, settings = box.specs(), talk.settings
    asking, answering = talk.size(specs), talk.size() + ANSWER_TOKENS
    room = min(
        settings.prompt_tokens - asking - ANSWER_TOKENS, settings.argument_tokens - talk.read - asking - answering
    )
    enough = talk.budget.remaining().calls >= 2 and talk.room(specs, calls=2) >= 2 * settings.completion_tokens
    return min(CALLS_A_ROUND, max(0, room // RESULT_TOKENS)) if enough else 0


def _answer_calls(
    talk: Conversation,
    box: Toolbox,
    turn: Completion,
    most: int,
    asked: list[Asked],
    found: list[Evidence],
    progress: Callable[[str], None],
) -> None:
    for number, call in enumerate(turn.tool_calls):
        if number >= most:
            told = "refused: too many queries at once, ask again if it still matters"
            asked.append(Asked(tool=call.name[:60], arguments=call.arguments[:300], outcome="refused", reason=told))
        else:
            result = box.call(call)
            told = fence(result.text)
            asked.append(result.asked)
            found += [result.evidence] if result.evidence else []
            progress(call.name[:60])
        talk.tell(Message(role="tool", content=told, tool_call_id=call.id))
