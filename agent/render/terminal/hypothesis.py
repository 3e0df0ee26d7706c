"""A hypothesis: in full, or in three lines."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from agent.render.argument_words import origin_words
from agent.render.clean import clean
from agent.render.terminal.evidence import SHOWN, evidence_view
from agent.render.terminal.layout import bar, refs, rows
from agent.render.terminal.plot import decisive, plot_view
from agent.render.words import kind_words, percent, subject_of
from agent.schema import ChainLink, Hypothesis, Report

BAR_WIDTH = 10
"""Columns of the confidence bar, ten percent each."""


def title(hypothesis: Hypothesis) -> RenderableType:
    """Return rank, confidence, component and fault kind in one line."""
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(width=3, justify="right", no_wrap=True)
    grid.add_column(width=5, justify="right", no_wrap=True)
    grid.add_column(width=BAR_WIDTH, no_wrap=True)
    grid.add_column(overflow="fold")
    named = Text.assemble((subject_of(hypothesis), "component"), f": {kind_words(hypothesis.fault_kind)}")
    named.append(origin_words(hypothesis), style="quiet")
    if hypothesis.rejected:
        named.append(f" [ruled out: {clean(hypothesis.rejected)}]", style="unverified")
    share = hypothesis.confidence
    grid.add_row(f"{hypothesis.rank}.", percent(share), bar(share, BAR_WIDTH), named)
    return grid


def full(report: Report, hypothesis: Hypothesis, width: int) -> RenderableType:
    """Return everything that is known about a hypothesis."""
    parts: list[RenderableType] = [title(hypothesis), Padding(Text(_cause(report, hypothesis)), (0, 0, 0, 4))]
    if hypothesis.chain:
        links = [(_step(hypothesis, index), _link(link)) for index, link in enumerate(hypothesis.chain)]
        parts.append(rows(links, repeat=True))
    parts.append(evidence_view(report, hypothesis.supports, hypothesis.contradicts, width))
    plotted = decisive(report, hypothesis)
    if plotted:
        parts += [Text(), plot_view(*plotted, report.windows.incident[0], width - 4), Text()]
    parts.append(rows(_what_now(hypothesis)))
    return Group(*parts)


def _cause(report: Report, hypothesis: Hypothesis) -> str:
    """Return the cause without the finding at its end, which is listed below with its id."""
    cause = hypothesis.cause
    found = [item for ref in hypothesis.supports if (item := report.find(ref))]
    for item in found:
        cause = cause.removesuffix(f": {item.statement}")
    return clean(cause)


def _step(hypothesis: Hypothesis, index: int) -> str:
    """Return the label of a chain link: where it starts, goes on and ends."""
    if index == 0:
        return "cause"
    return "→ symptom" if index == len(hypothesis.chain) - 1 else "→ then"


def _link(link: ChainLink) -> Text:
    text = Text.assemble(
        (clean(link.component, 120), "component"),
        f": {clean(link.effect)} ",
        refs(link.evidence),
    )
    if not link.verified:
        text.append(f" [not verified: {clean(link.reason) or 'no reason given'}]", style="unverified")
    return text


def _what_now(hypothesis: Hypothesis) -> list[tuple[str, Text]]:
    pairs = [("missing", Text(clean(text))) for text in hypothesis.missing]
    if hypothesis.next_check:
        pairs.append(("next", Text(clean(hypothesis.next_check))))
    pairs += [("fix", Text(f"{n}. {clean(text)}")) for n, text in enumerate(hypothesis.remediation, 1)]
    return [*pairs, ("owner", Text(clean(hypothesis.owner, 120)))]


def compact(hypothesis: Hypothesis) -> RenderableType:
    """Return title, cause and evidence ids."""
    cited = [
        Text.assemble(f"{side} ", refs(ids[:SHOWN]), f" and {len(ids) - SHOWN} more" if len(ids) > SHOWN else "")
        for side, ids in (("for", hypothesis.supports), ("against", hypothesis.contradicts))
        if ids
    ]
    body = Text("\n").join([Text(clean(hypothesis.cause)), Text(", ").join(cited or [Text("no evidence")])])
    return Group(title(hypothesis), Padding(body, (0, 0, 0, 4)))
