"""Answers from the report and from tables. Every sentence cites evidence, every table the command that prints it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from agent.render.words import (
    evidence_note,
    kind_words,
    percent,
    similar_lines,
    source_lines,
    subject_of,
    timing_words,
    usage_words,
)
from agent.schema import Hypothesis, Report
from tools.evidence import Evidence

if TYPE_CHECKING:
    from agent.model import Budget
    from agent.show import Table

Pane = Literal["", "finding", "plot", "trace", "logs", "topology", "changes", "past"]
"""Where more about an answer is to be seen."""
CITED = 4
"""Findings named a side; the evidence list has all of them."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said, the table below it, and what to open beside it."""

    text: str
    table: Table | None = None
    query: str = ""
    pane: Pane = ""
    evidence: str = ""


def why(report: Report, hypothesis: Hypothesis) -> Answer:
    """Return what speaks for and against a hypothesis and how it reaches the symptom."""
    lines = [
        f"H{hypothesis.rank} {subject_of(hypothesis)}: {kind_words(hypothesis.fault_kind)}, "
        f"{percent(hypothesis.confidence)}."
    ]
    if hypothesis.rejected:
        lines = [f"{lines[0]} Ruled out: {hypothesis.rejected}."]
    lines.append(hypothesis.cause + ".")
    if len(hypothesis.chain) > 1:
        steps = [link.component + _cites(link.evidence) + _doubt(link.reason) for link in hypothesis.chain]
        lines.append("How it reaches the symptom: " + " → ".join(steps) + ".")
    for side, ids in (("For", hypothesis.supports), ("Against", hypothesis.contradicts)):
        lines += [f"{side}:", *_findings(report, ids)] if ids else [f"{side}: nothing."]
    if hypothesis.missing:
        lines.append("Missing: " + "; ".join(hypothesis.missing) + ".")
    return Answer("\n".join(lines), pane="finding", evidence=next(iter(hypothesis.supports), ""))


def _cites(ids: tuple[str, ...]) -> str:
    return "".join(f" [{ref}]" for ref in ids)


def _doubt(reason: str) -> str:
    return f" (not verified: {reason})" if reason else ""


def _findings(report: Report, ids: tuple[str, ...]) -> list[str]:
    found = sorted((item for ref in ids if (item := report.find(ref))), key=lambda item: -abs(item.effect))
    lines = [f"  [{item.id}] {item.statement}" + _note(item) for item in found[:CITED]]
    return lines + ([f"  and {len(found) - CITED} more"] if len(found) > CITED else [])


def _note(item: Evidence) -> str:
    note = evidence_note(item)
    return f" ({note})" if note else ""


def finding(item: Evidence) -> Answer:
    """Return one finding."""
    return Answer(f"[{item.id}] {item.statement}{_note(item)}", pane="finding", evidence=item.id)


def next_steps(hypothesis: Hypothesis) -> Answer:
    """Return what to check next and what to do about a hypothesis."""
    lines = [f"For H{hypothesis.rank} {subject_of(hypothesis)}:"]
    lines += [f"Check: {hypothesis.next_check}"] if hypothesis.next_check else []
    lines += [f"{number}. {text}" for number, text in enumerate(hypothesis.remediation, 1)]
    return Answer("\n".join(lines) if len(lines) > 1 else f"{lines[0]} nothing is known to do")


def owner(hypothesis: Hypothesis) -> Answer:
    """Return whom to call."""
    if hypothesis.owner == "unknown":
        return Answer(f"Nobody is known to own {hypothesis.component}. Set owners or codeowners in whydown.toml.")
    return Answer(f"{hypothesis.owner} owns {hypothesis.component}.")


def missing(report: Report) -> Answer:
    """Return what would settle it but is not there, and what could not be read."""
    gaps = [f"H{item.rank} {item.component}: {gap}" for item in report.hypotheses for gap in item.missing]
    return Answer("\n".join([*(gaps or ["No hypothesis misses anything."]), *source_lines(report)]))


def budget(report: Report | None, spent: Budget | None = None) -> Answer:
    """Return what the investigation has cost, and what is left for it and for questions together.

    Args:
        report: the investigation's, None before there is one.
        spent: what the whole conversation has spent of what; None without a language model.
    """
    lines = [f"The investigation took {timing_words(report.timings)}; {usage_words(report)}."] if report else []
    if spent is not None:
        limits, left = spent.limits, spent.remaining()
        lines += [
            "Left of the budget of this conversation, investigation and questions together:",
            f"  tokens   {left.tokens:,} of {limits.tokens:,}",
            f"  calls    {left.calls} of {limits.calls}",
            f"  seconds  {left.seconds:,.0f} of {limits.seconds:,.0f}",
            f"  money    {left.money:.2f} of {limits.money:.2f}",
            "/budget tokens|calls|seconds|money NUMBER sets a limit.",
        ]
    return Answer("\n".join(lines))


def similar(report: Report, configured: bool) -> Answer:
    """Return past incidents that were recalled."""
    if report.similar:
        return Answer("\n".join(similar_lines(report)), pane="past")
    if not configured:
        return Answer("No knowledge folder is configured: set knowledge.folder, and past incidents are recalled.")
    return Answer("No confirmed postmortem is like this incident.")


def narrowed(table: Table, key: str, text: str) -> Table:
    """Return the rows of which a text column contains a text."""
    index = next(index for index, column in enumerate(table.columns) if column.key == key)
    rows = tuple(row for row in table.rows if text.casefold() in str(row[index]).casefold())
    return replace(table, rows=rows, total=len(rows), plots=())


def first_rows(table: Table, count: int) -> Table:
    """Return the first rows only; the total stays."""
    return replace(table, rows=table.rows[:count], depths=table.depths[:count])
