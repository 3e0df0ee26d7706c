"""The whole report as Markdown: verdict, first hypothesis in full, the others folded."""

from __future__ import annotations

from collections.abc import Iterable

from agent.render.argument_words import origin_words
from agent.render.markdown.argument import argument_parts
from agent.render.markdown.escape import block, code, escape
from agent.render.words import (
    EFFECT_NOTE,
    amount,
    clock,
    effect_words,
    headline,
    kind_words,
    percent,
    similar_lines,
    source_lines,
    timing_words,
    usage_words,
    windows_words,
)
from agent.schema import ChainLink, Hypothesis, Report
from tools.evidence import Evidence
from tools.redact import redact_model


def to_markdown(report: Report, *, every: bool = False) -> str:
    """Return the report as Markdown without secrets that ends with a line feed.

    Args:
        report: what to show.
        every: show all hypotheses in full instead of the first only.
    """
    report = redact_model(report)
    word, rest = headline(report)
    parts = [f"## {word.capitalize()}: {escape(rest)}"]
    if report.symptom:
        parts.append(f"**Symptom:** {escape(report.symptom)}")
    shown = report.hypotheses if every else report.hypotheses[:1]
    parts += [part for hypothesis in shown for part in _full(report, hypothesis)]
    others = report.hypotheses[len(shown) :]
    if others:
        parts.append("### Other hypotheses\n\n" + "\n".join(_compact(hypothesis) for hypothesis in others))
    if report.argument:
        parts += argument_parts(report.argument)
    return "\n\n".join([*parts, *_footer(report)]) + "\n"


def _full(report: Report, hypothesis: Hypothesis) -> list[str]:
    parts = [f"### {hypothesis.rank}. {_named(hypothesis)}", escape(hypothesis.cause)]
    if hypothesis.chain:
        parts.append("**From cause to symptom**\n\n" + "\n".join(_link(link) for link in hypothesis.chain))
    for side, ids in (("for", hypothesis.supports), ("against", hypothesis.contradicts)):
        found = [item for ref in ids if (item := report.find(ref))]
        parts.append(f"**Evidence {side}**" + (f"\n\n{_table(found)}" if found else ": none"))
    if hypothesis.missing:
        parts.append("**Missing**\n\n" + _bullets(hypothesis.missing))
    if hypothesis.next_check:
        parts.append(f"**Next check:** {escape(hypothesis.next_check)}")
    if hypothesis.remediation:
        parts.append("**What to do**\n\n" + "\n".join(f"1. {escape(text)}" for text in hypothesis.remediation))
    return [*parts, f"**Owner:** {escape(hypothesis.owner)}"]


def _named(hypothesis: Hypothesis) -> str:
    operation = f" {code(hypothesis.operation, 120)}" if hypothesis.operation else ""
    kind = f"{kind_words(hypothesis.fault_kind)} ({escape(percent(hypothesis.confidence))})"
    ruled_out = f", ruled out by a person: {escape(hypothesis.rejected)}" if hypothesis.rejected else ""
    return f"{code(hypothesis.component, 120)}{operation}: {kind}{origin_words(hypothesis)}{ruled_out}"


def _link(link: ChainLink) -> str:
    cited = f" ({', '.join(link.evidence)})" if link.evidence else ""
    doubt = "" if link.verified else f" **not verified:** {escape(link.reason) or 'no reason given'}"
    return f"1. {code(link.component, 120)}: {escape(link.effect)}{cited}{doubt}"


def _table(found: Iterable[Evidence]) -> str:
    lines = ["| id | finding | baseline | incident | effect | from (UTC) |", "|---|---|---:|---:|---:|---|"]
    for item in found:
        values = [escape(amount(value, item.unit)) for value in (item.baseline, item.incident)]
        cells = [item.id, escape(item.statement), *values, effect_words(item.effect), clock(item.onset)]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _bullets(texts: Iterable[str]) -> str:
    return "\n".join(f"- {escape(text)}" for text in texts)


def _compact(hypothesis: Hypothesis) -> str:
    cited = ", ".join(hypothesis.supports) or "no evidence"
    against = f", against {', '.join(hypothesis.contradicts)}" if hypothesis.contradicts else ""
    return f"{hypothesis.rank}. {_named(hypothesis)}: {escape(hypothesis.cause)} ({cited}{against})"


def _footer(report: Report) -> list[str]:
    lines = [
        *(f"**Memory:** {escape(line)}" for line in similar_lines(report)),
        f"**Windows:** {escape(windows_words(report.windows))}",
        *(f"**Signals:** {escape(line)}" for line in source_lines(report)),
        f"**Took:** {escape(timing_words(report.timings))}, {escape(usage_words(report))}.",
    ]
    if report.evidence:
        lines.append(f"**Effect:** {EFFECT_NOTE}.")
    cited = [item for hypothesis in report.hypotheses[:1] for ref in hypothesis.supports if (item := report.find(ref))]
    commands = [f"Check the numbers of {item.id}:\n\n{block(item.query)}" for item in cited[:1]]
    return ["---", _bullets_raw(lines), *commands]


def _bullets_raw(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)
