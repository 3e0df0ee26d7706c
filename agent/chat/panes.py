"""What a look behind a finding or a hypothesis shows: loaded once, drawn for any width."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from agent.chat.answers import Pane
from agent.schema import Hypothesis, Incident, Report
from tools.config import Settings
from tools.evidence import Evidence

if TYPE_CHECKING:
    from rich.console import RenderableType

View = Callable[[int], "RenderableType"]
"""Draws for a width in columns."""
LINES = 15
"""Log lines shown below the templates."""


def load(
    pane: Pane,
    incident: Incident,
    report: Report,
    settings: Settings,
    hypothesis: Hypothesis | None,
    item: Evidence | None,
) -> View:
    """Read what a pane shows about a selection.

    Raises:
        InputError: there is nothing of that kind, such as no trace.
        WhydownError: the telemetry or the knowledge base cannot be read.
    """
    component = _component(hypothesis, item)
    match pane:
        case "trace":
            return _trace(incident, report, settings, item, component)
        case "logs":
            return _logs(incident, report, settings, component)
        case "topology":
            return _topology(incident, report, settings, component)
        case "changes":
            return _changes(incident, report, settings, component)
        case "past":
            return _past(report, settings)
    return _finding(report, hypothesis, item)


def _component(hypothesis: Hypothesis | None, item: Evidence | None) -> str:
    if item is not None and item.subject.service:
        return item.subject.service
    return hypothesis.component if hypothesis else ""


def _finding(report: Report, hypothesis: Hypothesis | None, item: Evidence | None) -> View:
    from agent.render.terminal.finding import finding_view
    from agent.render.terminal.hypothesis import full

    if item is not None:
        alone = report.model_copy(update={"evidence": (item,)})  # all that is drawn is also searched for secrets
        return lambda width: finding_view(alone, item, width)
    if hypothesis is not None:
        return lambda width: full(report, hypothesis, width)
    return lambda width: "Nothing is selected."


def _trace(incident: Incident, report: Report, settings: Settings, item: Evidence | None, component: str) -> View:
    from agent.chat.tables import TableAnswers
    from agent.render.waterfall import waterfall_view
    from agent.show import Filters

    answers = TableAnswers(incident, report, settings)
    named = [sample.ref for sample in (item.samples if item else ()) if sample.kind == "trace" and sample.ref]
    operation = item.subject.operation if item else ""
    trace = named[0] if named else answers.slowest(component, operation)
    table = answers.table(answers.request("traces", "trace", Filters(trace=trace)))
    return lambda width: waterfall_view(table, width)


def _logs(incident: Incident, report: Report, settings: Settings, component: str) -> View:
    from rich.console import Group
    from rich.text import Text

    from agent.chat.tables import TableAnswers
    from agent.render.table import table_view
    from agent.show import Filters

    answers = TableAnswers(incident, report, settings)
    templates = answers.table(answers.request("logs", "lines", Filters(service=component)))
    lines = answers.table(answers.request("logs", "search", Filters(service=component, limit=LINES)))
    return lambda width: Group(table_view(templates, width), Text(), table_view(lines, width))


def _topology(incident: Incident, report: Report, settings: Settings, component: str) -> View:
    from agent.chat.tables import TableAnswers
    from agent.ranking.chain import AFFECTED
    from agent.render.blast import blast_view
    from agent.show.blast import standings

    answers = TableAnswers(incident, report, settings)
    tree = answers.table(answers.request("topology", "topology"))
    deviating = {e.subject.service for e in report.evidence if e.kind in AFFECTED and not e.uncertain}
    found = standings(tree, component, deviating)
    return lambda width: blast_view(found, component)


def _changes(incident: Incident, report: Report, settings: Settings, component: str) -> View:
    from agent.chat.tables import TableAnswers
    from agent.render.changes import changes_view

    answers = TableAnswers(incident, report, settings)
    table = answers.table(answers.request("changes", "changes"))
    return lambda width: changes_view(table, component)


def _past(report: Report, settings: Settings) -> View:
    from rich.console import Group
    from rich.markdown import Markdown
    from rich.text import Text

    from agent.chat.answers import similar
    from agent.render.clean import clean

    if not report.similar or settings.knowledge.folder is None:
        text = similar(report, settings.knowledge.folder is not None).text
        return lambda width: Text(text)
    from knowledge.postmortem import PostmortemFolder, render_postmortem

    first = report.similar[0]
    stored = PostmortemFolder(settings.knowledge.folder).get(first.id)
    body = render_postmortem(stored.postmortem).partition("\n---\n")[2]
    head = Text(f"{clean(first.label(), 120)}, because: {clean('; '.join(first.reasons))}", style="label")
    lines = "\n".join(clean(line) if line.strip() else "" for line in body.splitlines())
    return lambda width: Group(head, Text(), Markdown(lines, hyperlinks=False))
