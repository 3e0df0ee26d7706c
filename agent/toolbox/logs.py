"""The tools `log_templates` and `log_lines`."""

from __future__ import annotations

import shlex

from agent.toolbox.bench import Bench
from agent.toolbox.numbers import fact, facts_line
from agent.toolbox.tool import Arguments, Found, Line, Tool
from tools.analysers.log_templates import Template, executions, mine_templates
from tools.evidence import Quantity, Sample, Subject
from tools.sources import LogSource
from tools.sources.rows import LogRow, Trials, Two
from tools.window import to_datetime

READ = 100
"""Lines read by one search."""
LINE_CHARACTERS = 400


class OneService(Arguments):
    """A service."""

    service: str


class Search(OneService):
    """Lines that hold a text."""

    text: str = ""


def templates(bench: Bench, arguments: OneService) -> Found:
    """Return the log templates of a service, those furthest from what the baseline lets expect first."""
    service, logs = bench.service(arguments.service), _source(bench)
    own = [t for t in mine_templates(logs.lines(bench.scope)) if t.service == service]
    exposure = executions(bench.telemetry, bench.scope, own)
    counted = [(t, _counts(t, exposure.get((service, t.operation)) or exposure.get((service, "")))) for t in own]
    counted.sort(key=lambda pair: -abs(pair[1].incident - pair[1].baseline))
    subject = Subject(kind="service", service=service)
    return Found(
        title=f"log templates of {service}, lines expected from the baseline against lines in the incident",
        subject=subject,
        lines=tuple(_template_line(template, counts) for template, counts in counted),
        query=logs.query("lines", bench.scope, subject),
    )


def _counts(template: Template, runs: Two[Trials] | None) -> Two[float]:
    """Return lines expected at the baseline's rate an execution, and lines seen."""
    expected = float(template.n.baseline)
    if runs and runs.baseline.total:
        expected *= runs.incident.total / runs.baseline.total
    return Two(expected, float(template.n.incident))


def _template_line(template: Template, counts: Two[float]) -> Line:
    subject = Subject(kind="template", service=template.service, operation=template.operation, name=template.text[:200])
    sample = Sample(kind="log", ref=template.trace_id, text=template.example[:LINE_CHARACTERS])
    line = facts_line([fact(Quantity.LOG_LINES, subject, counts, "lines")], (sample,))
    return line.model_copy(update={"text": f"{template.severity} {line.text}".strip()})


def search(bench: Bench, arguments: Search) -> Found:
    """Return the lines of a service in the incident window that contain a text, oldest first."""
    service, logs = bench.service(arguments.service), _source(bench)
    rows = logs.search(bench.scope.incident, service, arguments.text, READ)
    subject = Subject(kind="service", service=service)
    words = ["whydown", "show", str(bench.folder), "logs", "--table", "search", "--service", service]
    words += ["--incident", str(bench.scope.incident), *(["--search", arguments.text] if arguments.text else [])]
    return Found(
        title=f"log lines of {service}" + (f" that contain {arguments.text!r}" if arguments.text else ""),
        subject=subject,
        lines=tuple(_line(row) for row in rows),
        query=shlex.join(words),
    )


def _line(row: LogRow) -> Line:
    text = f"{row.severity} {row.body[:LINE_CHARACTERS]}".strip()
    sample = Sample(kind="log", ref=row.trace_id, text=text, times=(row.time_ns,))
    return Line(text=f"{to_datetime(row.time_ns):%H:%M:%S} {text}", samples=(sample,))


def _source(bench: Bench) -> LogSource:
    assert bench.telemetry.logs is not None
    return bench.telemetry.logs


def _there(bench: Bench) -> bool:
    return bench.telemetry.logs is not None


TOOLS = (
    Tool("log_templates", "Kinds of log lines of a service: expected against seen.", OneService, templates, _there),
    Tool("log_lines", "Log lines of a service that contain a text.", Search, search, _there),
)
