"""A model's argument in words that every rendering shares."""

from __future__ import annotations

from collections import Counter

from agent.render.clean import clean
from agent.render.words import fault_words, percent
from agent.schema import Argument, Hypothesis, Suggested

NAMED_BY_MODEL = "read in a change by the model"


def argument_summary(argument: Argument) -> str:
    """Return what the model did in one line: `NAME: 3 queries (1 repeated); claims: 4 kept, 2 struck`."""
    outcomes = Counter(item.outcome for item in argument.asked)
    odd = [f"{outcomes[name]} {name}" for name in ("refused", "repeated") if outcomes[name]]
    asked = f"{len(argument.asked)} queries" + (f" ({', '.join(odd)})" if odd else "")
    kept, struck = len(argument.kept), len(argument.struck)
    return f"{clean(argument.model, 60)}: {asked}; claims: {kept} kept, {struck} struck"


def suggestion_words(item: Suggested) -> str:
    """Return what became of a cause that the model proposed."""
    named = f"{clean(item.component, 120)} ({fault_words(item.fault_kind)})"
    rests = f", resting on {', '.join(item.claims)}" if item.claims else ""
    if item.outcome == "struck":
        return f"{named}{rests}: not counted, {clean(item.reason)}"
    moved = f"{percent(item.moved)} added" if item.moved else "nothing added"
    return f"{named}{rests}: {item.outcome}, {moved} to its confidence"


def prose_words(argument: Argument) -> list[str]:
    """Return the model's own words in quotation marks, and how many were left out."""
    shown = [f"“{clean(sentence)}”".replace("““", "“") for sentence in argument.prose]
    if argument.withheld:
        shown.append(f"{argument.withheld} sentences left out: they repeat telemetry, or hold a command or an address")
    return shown


def origin_words(hypothesis: Hypothesis) -> str:
    """Return who named a cause, if it was the model: ` (read in a change by the model)`."""
    return f" ({NAMED_BY_MODEL})" if hypothesis.origin == "model" else ""
