"""What a language model added, as Markdown: what is struck is struck through."""

from __future__ import annotations

from agent.render.argument_words import argument_summary, prose_words, suggestion_words
from agent.render.markdown.escape import escape
from agent.schema import Argument, Checked


def argument_parts(argument: Argument) -> list[str]:
    """Return the argument as paragraphs and lists."""
    parts = [f"### The language model's part\n\n{escape(argument_summary(argument))}"]
    claims = [_kept(claim) for claim in argument.kept] + [_struck(claim) for claim in argument.struck]
    if claims:
        parts.append("\n".join(claims))
    if argument.suggested:
        proposed = "\n".join(f"- {escape(suggestion_words(item))}" for item in argument.suggested)
        parts.append(f"**Causes it proposed**\n\n{proposed}")
    if lines := prose_words(argument):
        parts.append("**Unverified, in its own words**\n\n" + "\n".join(f"> {escape(line)}" for line in lines))
    if argument.ended:
        parts.append(f"**Ended early:** {escape(argument.ended)}")
    return parts


def _kept(claim: Checked) -> str:
    return f"- {claim.id}: {escape(claim.sentence)} ({', '.join(claim.evidence)})"


def _struck(claim: Checked) -> str:
    return f"- ~~{claim.id}: {escape(claim.sentence)}~~ {escape(claim.reason)}"
