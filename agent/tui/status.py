"""The status line: what is going on, what is read, what it cost, which model, how much budget is left."""

from __future__ import annotations

from rich.text import Text

from agent.render.clean import clean
from agent.render.words import duration, headline, number
from agent.schema import Report


def title_line(title: str, report: Report | None, symptom: str, width: int) -> Text:
    """Return the first line of the screen: what it is about, and the verdict."""
    line = Text.assemble((" whydown ", "reverse bold"), f" {clean(title, 40)}  ")
    if report is not None:
        word, rest = headline(report)
        line.append(word, style=f"verdict.{report.verdict.value}").append(f": {rest}")
    elif symptom:
        line.append(clean(symptom, 200), style="quiet")
    line.truncate(width, overflow="ellipsis")
    return line


def status_line(phase: str, report: Report | None, model: str, run_id: str, width: int) -> Text:
    """Return the status in one line; what does not fit is left out from the right."""
    parts = [Text(phase, style="component")]
    if report is not None:
        parts.append(_sources(report))
        parts.append(Text(_cost(report, model)))
        took = sum(seconds for name, seconds in report.timings.items() if "." not in name)
        parts.append(Text(duration(took), style="quiet"))
    else:
        parts.append(Text(model))
    parts.append(Text(run_id, style="quiet"))
    line = Text(" │ ", style="quiet").join(part for part in parts if part.plain)
    line.truncate(width, overflow="ellipsis")
    return line


def _sources(report: Report) -> Text:
    """Return the signals; one that is missing or failed is marked."""
    text = Text()
    for source in report.sources:
        mark, style = ("✓", "verdict.healthy") if source.available else ("✗", "verdict.root_cause")
        text.append(f"{mark}", style=style).append(f"{clean(source.signal, 12)} ")
    text.rstrip()
    return text


def _cost(report: Report, model: str) -> str:
    usage = report.usage
    if not usage.model:
        return f"{model} · 0 tokens"
    return f"{clean(usage.model, 30)} · {usage.prompt_tokens + usage.completion_tokens:,} tokens · {number(usage.cost)}"
