"""What a language model added: claims that hold, claims that are struck, and its own words apart."""

from __future__ import annotations

from rich.console import RenderableType
from rich.text import Text

from agent.render.argument_words import argument_summary, prose_words, suggestion_words
from agent.render.clean import clean
from agent.render.terminal.layout import refs, rows
from agent.schema import Argument, Checked


def argument_view(argument: Argument) -> RenderableType:
    """Return the argument as labelled rows."""
    pairs = [("model", Text(argument_summary(argument)))]
    pairs += [("holds", _kept(claim)) for claim in argument.kept]
    pairs += [("struck", _struck(claim)) for claim in argument.struck]
    pairs += [("proposed", Text(suggestion_words(item))) for item in argument.suggested]
    pairs += [("unproven", Text(line, style="unverified")) for line in prose_words(argument)]
    if argument.ended:
        pairs.append(("ended", Text(f"early: {clean(argument.ended)}", style="unverified")))
    return rows(pairs, indent=0)


def _kept(claim: Checked) -> Text:
    return Text.assemble((f"{claim.id} ", "ref"), clean(claim.sentence), " ", refs(claim.evidence))


def _struck(claim: Checked) -> Text:
    return Text.assemble((f"{claim.id} ", "ref"), (clean(claim.sentence), "struck"), f" [{clean(claim.reason)}]")
