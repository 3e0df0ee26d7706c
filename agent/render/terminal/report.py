"""The whole report: verdict, hypotheses, what was compared, how to go on."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.text import Text

from agent.render.clean import clean
from agent.render.terminal.argument import argument_view
from agent.render.terminal.hypothesis import compact, full, title
from agent.render.terminal.layout import LABEL_WIDTH, rows
from agent.render.words import (
    EFFECT_NOTE,
    command_lines,
    headline,
    similar_lines,
    source_lines,
    timing_words,
    usage_words,
    windows_words,
)
from agent.schema import Report
from tools.redact import redact_model

WORTH_A_LOOK = 0.01
"""Confidence below which a hypothesis other than the first gets one line."""


def report_view(report: Report, width: int, *, every: bool = False) -> RenderableType:
    """Return the report for a terminal, without secrets: terminals are copied and CI prints them in public.

    Args:
        report: what to show.
        width: columns; from 120 on, evidence is shown as a table.
        every: show all hypotheses in full instead of the first only.
    """
    report = redact_model(report)
    parts: list[RenderableType] = [verdict_line(report)]
    if report.symptom:
        parts.append(rows([("symptom", Text(clean(report.symptom)))], indent=0))
    shown = report.hypotheses if every else report.hypotheses[:1]
    others = [h for h in report.hypotheses[len(shown) :] if h.confidence >= WORTH_A_LOOK]
    unlikely = report.hypotheses[len(shown) + len(others) :]
    for hypothesis in shown:
        parts += [Text(), full(report, hypothesis, width)]
    for hypothesis in others:
        parts += [Text(), compact(hypothesis)]
    if unlikely:
        parts += [Text(), *(title(hypothesis) for hypothesis in unlikely)]
    if report.argument:
        parts += [Text(), argument_view(report.argument)]
    return Group(*parts, Text(), footer(report, width, every=every))


def footer(report: Report, width: int, *, every: bool) -> RenderableType:
    """Return windows, signals, costs and the commands that go on from here."""
    pairs = [("memory", line) for line in similar_lines(report)]
    pairs.append(("windows", windows_words(report.windows)))
    pairs += [("signals", line) for line in source_lines(report)]
    pairs.append(("took", f"{timing_words(report.timings)}, {usage_words(report)}"))
    if report.evidence:
        pairs.append(("effect", EFFECT_NOTE))
    quiet = [(label, Text(text, style="quiet")) for label, text in pairs]
    return rows([*quiet, *next_steps(report, width, every=every)], indent=0)


def next_steps(report: Report, width: int, *, every: bool) -> list[tuple[str, Text]]:
    """Return commands that check the first hypothesis's numbers and show the report in another form."""
    steps = []
    cited = [item for hypothesis in report.hypotheses[:1] for ref in hypothesis.supports if (item := report.find(ref))]
    for item in cited[:1]:
        steps.append(("verify", Text.assemble("the numbers of ", (item.id, "ref"), ":")))
        steps += [("verify", Text(line)) for line in command_lines(item.query, width - LABEL_WIDTH - 1)]
    if report.run_id:
        one = f" --evidence {report.evidence[-1].id}" if report.evidence else ""
        every_option = "--all, " if not every and len(report.hypotheses) > 1 else ""
        steps.append(("more", Text(f"whydown report {clean(report.run_id, 80)}{one}")))
        steps.append(("more", Text(f"whydown report with {every_option}--markdown or --json", style="quiet")))
    return steps


def verdict_line(report: Report) -> Text:
    """Return the verdict, the first line of the report."""
    word, rest = headline(redact_model(report))
    return Text.assemble((word, f"verdict.{report.verdict.value}"), f": {rest}")
