"""The status line: what is going on, what is read, what it cost, which model, how much budget is left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.text import Text

from agent.render.clean import clean
from agent.render.words import duration, headline, number
from agent.schema import Report

if TYPE_CHECKING:
    from agent.model import Budget


@dataclass(frozen=True, slots=True)
class Status:
    """What the status line tells. `budget` is None without a language model."""

    phase: str
    report: Report | None = None
    model: str = "no model"
    budget: Budget | None = None
    run_id: str = ""


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


def status_line(status: Status, width: int) -> Text:
    """Return the status in one line: the longest of its forms that fits."""
    forms = [_line(status, short=short, extras=extras) for short, extras in ((False, 2), (False, 0), (True, 1))]
    line = next((form for form in forms if form.cell_len <= width), _line(status, short=True, extras=0))
    line.truncate(width, overflow="ellipsis")
    return line


def _line(status: Status, *, short: bool, extras: int) -> Text:
    """Return one form; `extras` is how much stands at its end that can be found elsewhere."""
    report = status.report
    parts = [Text(status.phase, style="component")]
    if report is not None:
        parts.append(_sources(report, short=short))
    parts.append(Text(f"{clean(status.model, 14 if short else 30)}{_cost(status, short=short)}"))
    if status.budget is not None:
        parts.append(_left(status.budget, short=short))
    if report is not None and extras:
        parts.append(Text(duration(sum(s for name, s in report.timings.items() if "." not in name)), style="quiet"))
    if extras > 1:
        parts.append(Text(status.run_id, style="quiet"))
    return Text(" │ ", style="quiet").join(part for part in parts if part.plain)


def _sources(report: Report, *, short: bool) -> Text:
    """Return the signals; one that is missing or failed is marked."""
    text = Text()
    for source in report.sources:
        mark, style = ("✓", "verdict.healthy") if source.available else ("✗", "verdict.root_cause")
        name = clean(source.signal, 12)
        text.append(mark, style=style).append(name[:1].upper() if short else f"{name} ")
    text.rstrip()
    return text


def _cost(status: Status, *, short: bool) -> str:
    """Return what the whole conversation has cost, or the investigation where nothing else is known."""
    if status.budget is not None:
        tokens, money = status.budget.usage.total, status.budget.money
    elif status.report is not None:
        usage = status.report.usage
        tokens, money = usage.prompt_tokens + usage.completion_tokens, usage.cost
    else:
        return ""
    if not tokens:
        return "" if short else " · 0 tokens"
    return f" · {_thousands(tokens) if short else f'{tokens:,}'} tokens · {number(money)}"


def _left(budget: Budget, *, short: bool) -> Text:
    """Return what is left of each limit; one that is used up stands out."""
    left = budget.remaining()
    amounts = [
        (_thousands(left.tokens), "" if short else " tokens", left.tokens),
        (f"{left.calls}", "c" if short else " calls", left.calls),
        (f"{left.seconds:.0f}", "s" if short else " s", left.seconds),
        (f"{left.money:.2f}", "" if short else " money", left.money if budget.money else 1),
    ]
    text = Text("left ", style="quiet")
    for place, (amount, unit, value) in enumerate(amounts):
        text.append("/" if short and place else " · " if place else "", style="quiet")
        text.append(f"{amount}{unit}", style="" if value > 0 else "verdict.root_cause")
    return text


def _thousands(count: int) -> str:
    return f"{count / 1000:.0f}k" if count >= 10_000 else f"{count / 1000:.1f}k" if count >= 1000 else str(count)
