"""What can be asked, and what is said when something was not understood."""

from __future__ import annotations

from agent.chat.answers import Answer
from agent.chat.commands import COMMANDS
from agent.chat.questions import EXAMPLES

TABLES = "Questions answered from tables and the report, with or without a language model:"
NO_MODEL = (
    "No language model is set up (model.url and model.model), so only questions that stand for a table or a part of "
    "the report work:"
)


def help_answer(model: str) -> Answer:
    """Return what can be asked.

    Args:
        model: name of the language model that is set up, empty without one.
    """
    width = max(len(f"/{kind.name} {kind.arguments}") for kind in COMMANDS)
    commands = [f"  {f'/{kind.name} {kind.arguments}':{width}}  {kind.help}" for kind in COMMANDS]
    others = (
        f"Any other question goes to {model}. What evidence bears out is printed as fact, with its [E7]; the model's "
        "own words stand apart, as unverified."
        if model
        else "Any other question needs a language model: set model.url and model.model."
    )
    questions = [f"  {text}" for text in EXAMPLES]
    return Answer("\n".join([TABLES, *questions, others, "Commands:", *commands]))


def not_understood() -> Answer:
    """Return what can be asked without a model, instead of a question that stands for nothing."""
    return Answer("\n".join([NO_MODEL, *(f"  {text}" for text in EXAMPLES)]))
