"""Tables of the log source: templates with counts, and a search."""

from __future__ import annotations

from dataclasses import dataclass

from agent.show.request import Filters
from agent.show.table import ALL_ROWS, TIME, Column, Table, cut, make, place_of, text, two, value
from tools.analysers.log_companions import companions, due, key_of
from tools.analysers.log_templates import Template, executions, mine_templates
from tools.sources import LogSource, Telemetry
from tools.sources.rows import LogRow, Two
from tools.window import Scope

NAMED = 200
"""Characters by which a finding names a template; a longer one is known by its beginning."""


@dataclass(frozen=True, slots=True)
class Counted:
    """A template with the executions of the operation, or service, that writes it, and the line it keeps pace with."""

    template: Template
    runs: Two[int]
    companion: Template | None

    @property
    def expected(self) -> float | None:
        """Return how many lines the incident would have at the baseline's rate; None without a baseline."""
        if not self.runs.baseline:
            return None
        return self.template.n.baseline * self.runs.incident / self.runs.baseline

    @property
    def due(self) -> float | None:
        """Return how many lines there would be beside the template's companion; None without one."""
        if self.companion is None:
            return None
        beside = due(self.template, self.companion)
        return self.template.n.baseline * beside.incident.total / beside.baseline.total

    @property
    def moved(self) -> float:
        """Return how many lines there are more or less than expected."""
        return abs(self.template.n.incident - (self.expected or 0.0))


def _source(telemetry: Telemetry) -> LogSource:
    assert telemetry.logs is not None
    return telemetry.logs


def lines(telemetry: Telemetry, scope: Scope, wanted: Filters) -> Table:
    """Return log templates, those whose count is furthest from what the baseline lets expect first."""
    logs = _source(telemetry)
    templates = mine_templates(logs.lines(scope))
    exposure = executions(telemetry, scope, templates)
    beside = companions(templates, exposure)
    rows = []
    for template in templates:
        runs = exposure.get((template.service, template.operation)) or exposure.get((template.service, ""))
        if _wanted(template, wanted):
            counted = Two(runs.baseline.total, runs.incident.total) if runs else Two(0, 0)
            rows.append(Counted(template, counted, beside.get(key_of(template))))
    rows.sort(key=lambda row: (-row.moved, row.template.service, row.template.text))
    columns: list[Column[Counted]] = [
        text("service", lambda r: r.template.service),
        text("operation", lambda r: r.template.operation, rank=2),
        text("severity", lambda r: r.template.severity),
        text("template", lambda r: r.template.text),
        *two("n", "lines", "", lambda r: r.template.n),
        *([value("expected", "expected", "", lambda r: r.expected)] if scope.baseline else []),
        *([value("due", "due", "", lambda r: r.due, rank=2)] if scope.baseline else []),
        text("companion", lambda r: r.companion.text if r.companion else "", rank=2),
        *two("runs", "executions", "", lambda r: r.runs, rank=2),
        value("first_unix_nano", "first in incident", TIME, lambda r: r.template.first_ns or None, rank=2),
        text("example", lambda r: r.template.example, rank=2),
        text("trace_id", lambda r: r.template.trace_id, rank=2),
    ]
    return make("lines", "log templates", columns, rows, scope, wanted.limit, notes=logs.degradations())


def _wanted(template: Template, wanted: Filters) -> bool:
    return wanted.keep(service=template.service, operation=template.operation, name=template.text[:NAMED])


def search(telemetry: Telemetry, scope: Scope, wanted: Filters) -> Table:
    """Return the lines of the incident window that contain a text, oldest first."""
    count = wanted.limit + 1 if wanted.limit and not wanted.pod else ALL_ROWS
    found = _source(telemetry).search(scope.incident, wanted.service, wanted.search, count)
    rows, notes = cut([row for row in found if wanted.keep(pod=row.pod)], wanted.limit)
    columns: list[Column[LogRow]] = [
        value("time_unix_nano", "time (UTC)", TIME, lambda r: r.time_ns),
        text("service", lambda r: r.service),
        text("severity", lambda r: r.severity),
        text("body", lambda r: r.body),
        text("pod", lambda r: r.pod, rank=2),
        text("trace_id", lambda r: r.trace_id, rank=2, whole=True),
    ]
    return make("search", f"log lines{place_of(scope)}", columns, rows, scope, notes=notes)
