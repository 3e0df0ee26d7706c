"""Answers that are a table of the telemetry, in the windows of the investigation."""

from __future__ import annotations

import re
from dataclasses import replace

from agent.chat.answers import Answer, Pane, first_rows, narrowed
from agent.chat.commands import Command
from agent.schema import Incident, Report
from agent.show.command import command_of
from agent.show.request import Filters, Request, show
from agent.show.table import Table
from tools.config import Settings
from tools.errors import InputError

ANY = Filters()
ROWS = 8
"""Rows below an answer; the command that is cited shows more."""
_TRACE_ID = re.compile(r"[0-9a-f]{16,32}", re.IGNORECASE)
_LEADS: dict[str, str] = {
    "compare": "Operations in both windows, those with the most time to explain first:",
    "logs": "Log templates, those furthest from what the baseline lets expect first:",
    "metrics": "Series, those that moved most first:",
    "changes": "Recorded changes; each is innocent until evidence says otherwise:",
    "topology": "Who calls whom:",
}


class TableAnswers:
    """Answers about one investigated incident."""

    def __init__(self, incident: Incident, report: Report, settings: Settings) -> None:
        self._incident = incident
        self._report = report
        self._settings = settings

    def answer(self, command: Command) -> Answer:
        """Answer one of the commands that read telemetry or memory.

        Raises:
            InputError: no such trace, service or command.
            WhydownError: the telemetry cannot be read.
        """
        first, more = command.split()
        match command.name:
            case "trace":
                return self._trace(command.rest)
            case "similar":
                return self._similar(command.rest)
            case "logs" if more:
                return self._table(
                    "logs", "search", "logs", "Lines of the incident:", Filters(service=first, search=more)
                )
            case "logs":
                return self._table("logs", "lines", "logs", _LEADS["logs"], Filters(service=first))
            case "errors":
                service = first or self.suspect()
                lead = f"Failed requests of {service}:"
                return self._table("traces", "failed", "trace", lead, Filters(service=service))
            case "metrics":
                return self._metrics(first, more)
            case "compare":
                return self._table("traces", "operations", "plot", _LEADS["compare"], Filters(service=first))
            case "topology":
                return self._table("topology", "topology", "topology", _LEADS["topology"], Filters(service=first))
            case "changes":
                return self._table("changes", "changes", "changes", _LEADS["changes"])
        raise InputError(f"/{command.name} is no question", "/help lists what can be asked")

    def suspect(self) -> str:
        """Return the component of the first hypothesis, empty when there is none."""
        return self._report.hypotheses[0].component if self._report.hypotheses else ""

    def request(self, signal: str, table: str, filters: Filters = ANY) -> Request:
        """Return a request in the windows that the investigation compared."""
        windows = self._report.windows
        return Request(
            folder=self._incident.folder,
            signal=signal,
            table=table,
            incident=windows.incident_window,
            baseline=tuple(windows.baseline_windows),
            filters=filters,
        )

    def table(self, request: Request) -> Table:
        """Return the table of a request."""
        return show(request, self._settings)

    def _table(self, signal: str, name: str, pane: Pane, lead: str, filters: Filters = ANY) -> Answer:
        request = self.request(signal, name, filters)
        table = self.table(request)
        return Answer(lead if table.rows else f"{lead} none.", first_rows(table, ROWS), command_of(request), pane)

    def _metrics(self, service: str, named: str) -> Answer:
        request = self.request("metrics", "series", Filters(service=service, limit=0))
        table = self.table(request)
        found = narrowed(table, "metric", named) if named else table
        return Answer(_LEADS["metrics"], first_rows(found, ROWS), command_of(request), "plot")

    def _trace(self, asked: str) -> Answer:
        trace = asked if _TRACE_ID.fullmatch(asked) else self.slowest(asked or self.suspect())
        request = replace(self.request("traces", "trace", Filters(trace=trace)), incident=None, baseline=())
        return Answer(f"Trace {trace}:", self.table(request), command_of(request), "trace")

    def slowest(self, service: str, operation: str = "") -> str:
        """Return the id of the slowest trace of a service in the incident.

        Raises:
            InputError: it has none.
        """
        table = self.table(self.request("traces", "slowest", Filters(service=service, operation=operation)))
        if not table.rows:
            raise InputError(
                f"no trace of {service or 'any service'} in the incident window", "/compare lists operations"
            )
        return str(table.rows[0][0])

    def _similar(self, text: str) -> Answer:
        from agent.learning.knowledge import search_knowledge

        found = search_knowledge(self._settings.knowledge, text, [], 3)
        lines = [
            f"{match.postmortem.id} ({match.strength:.0%} alike): {match.postmortem.title}"
            + (f"; it was resolved by: {match.postmortem.resolution[:200]}" if match.postmortem.resolution else "")
            for match in found.matches
        ]
        return Answer("\n".join(lines) or "Nothing like it is in the knowledge base.", pane="past")
