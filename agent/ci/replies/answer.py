"""What whydown answers on the pull request. All foreign text is escaped, as in `agent.ci.comment`."""

from __future__ import annotations

import re

from agent.ci.comment import LIMIT, fenced
from agent.render.markdown.escape import code, escape
from agent.render.words import amount, clock, effect_words, percent
from agent.schema import Report
from tools.evidence import Evidence
from tools.redact import redact_model

LINES = 12
SHOWN = 15
"""Pieces of evidence told on each side."""
_MARKER = re.compile(r"\A<!-- whydown:reply to=(\d{1,19}) verb=(confirm|wrong|why) -->\n")


def answer_marker(comment_id: int, verb: str) -> str:
    """Return the hidden first line of an answer: which command it answers, so that a repeated run edits it."""
    return f"<!-- whydown:reply to={comment_id} verb={verb} -->\n"


def answered(body: str | None) -> tuple[int, str] | None:
    """Return which command a comment answers and its verb, None when it is no answer of ours."""
    found = _MARKER.match((body or "").replace("\r\n", "\n"))
    return (int(found[1]), found[2]) if found else None


def why_text(report: Report, rank: int) -> str:
    """Return all that speaks for and against a hypothesis, as Markdown within GitHub's limit.

    Raises:
        InputError: there is no such hypothesis.
    """
    report = redact_model(report)
    one = report.ranked(rank)
    head = f"**Why hypothesis {one.rank}** ({escape(percent(one.confidence))}), {code(one.component, 100)}:"
    parts = [f"{head} {escape(one.cause, 400)}"]
    for title, refs in (("For it", one.supports), ("Against it", one.contradicts)):
        told = [item for ref in refs[:SHOWN] if (item := report.find(ref))]
        parts += [f"{title}:", *(_evidence(item) for item in told)] if told else []
    chain = [f"1. {code(link.component, 100)}: {escape(link.effect, 200)}" for link in one.chain]
    parts += ["From cause to symptom:\n\n" + "\n".join(chain)] if chain else []
    parts += ["Missing: " + "; ".join(escape(text, 200) for text in one.missing) + "."] if one.missing else []
    parts += [f"Next: {escape(one.next_check, 300)}."] if one.next_check else []
    return _within(parts)


def _within(parts: list[str]) -> str:
    """Leave out what does not fit, and say so."""
    note = "… the rest does not fit into a comment."
    kept: list[str] = []
    size = 0
    for part in parts:
        size += len(part) + 2
        if size > LIMIT - 500:
            return "\n\n".join([*kept, note]) + "\n"
        kept.append(part)
    return "\n\n".join(kept) + "\n"


def _evidence(item: Evidence) -> str:
    numbers = []
    if item.baseline is not None and item.incident is not None:
        numbers.append(f"{amount(item.baseline, item.unit)} → {amount(item.incident, item.unit)}")
    numbers += [f"effect {effect_words(item.effect)}"] if item.effect else []
    numbers += [f"from {clock(item.onset)} UTC"] if item.onset else []
    told = f"- **{item.id}** {escape(item.statement, 400)}" + (f" ({escape(', '.join(numbers))})" if numbers else "")
    lines = next((sample.text for sample in item.samples if sample.kind in {"log", "text"} and sample.text), "")
    shown = [f"  {line}" for line in fenced(lines.splitlines(), LINES).split("\n")] if lines else []
    check = [f"  <sub>check: {code(item.query, 300)}</sub>"] if item.query else []
    return "\n".join([told, *(["", *shown] if shown else []), *(["", *check] if check else [])])
