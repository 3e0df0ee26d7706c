"""Grafana Loki: lines are masked and counted by LogQL metric queries, then a few lines serve as examples.

A service with more different lines than Loki returns as series is counted by severity, and its lines are
estimated from a sample.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import httpx
import orjson
from pydantic import Field

from tools.errors import InputError, SourceError
from tools.live.http import Ask, segment
from tools.live.logs.counted import Counted, CountedLogs, estimated
from tools.live.opening import Opening, Options
from tools.sources.masks import LINE_LIMIT, MASKS, masked
from tools.sources.rows import LogRow
from tools.window import NS, Scope, TimeWindow

EXAMPLES = 200
"""Lines of a service and window that are fetched for examples."""
SAMPLED = 1000
"""Lines of a service and window that templates are estimated from where they cannot be counted."""
_PODS = ("k8s_pod_name", "service_instance_id", "host_name", "pod", "instance")


class LokiOptions(Options):
    """How labels are called; the defaults are those that Loki sets by itself."""

    service_label: str = Field(default="service_name", description="label with the service")
    severity_label: str = Field(default="detected_level", description="label or structured metadata with the severity")


class LokiLogs(CountedLogs):
    """Log lines behind `/loki/api/v1`."""

    def __init__(self, opening: Opening, transport: httpx.AsyncBaseTransport | None = None) -> None:
        super().__init__(opening, transport)
        self._options = opening.options(LokiOptions)

    def find_services(self) -> set[str]:
        """Return the services with streams in the horizon."""
        path = f"/loki/api/v1/label/{segment(self._options.service_label)}/values"
        found = self._reader.ask(Ask(path, params=_times(self._opening.horizon))).json()
        if not isinstance(found, dict) or found.get("status") != "success":
            raise SourceError(f"{self.name} does not answer as Loki does", "is its url right?")
        return {self.renamed(name) for name in found.get("data") or ()}

    def hint(self) -> str:
        """Return which labels there are, where the one that names services is missing."""
        ask = Ask("/loki/api/v1/labels", params=_times(self._opening.horizon))
        return self.labels_hint(ask, "data", "service_label")

    def sql(self, method: str, scope: Scope) -> str:
        """Return the LogQL behind the table of lines, a query a service.

        Raises:
            InputError: there is no such table.
        """
        if method != "lines":
            raise InputError(f"{self.name} has no query for the table {method}", "known: lines")
        return "\n".join(self._count_query(self.original(name), scope) for name in self.services())

    def count(self, scope: Scope, window: TimeWindow) -> Iterable[Counted]:
        """Return counts per masked line and bucket of one window."""
        services = [self.original(name) for name in self.services()]
        # Nothing but the failures is different where Loki refuses a service, so failures are looked at singly.
        answers = self._reader.ask_all([self._range(self._count_query(s, scope), scope, window) for s in services])
        if answers and all(isinstance(answer, SourceError) and "series" not in str(answer) for answer in answers):
            raise next(answer for answer in answers if isinstance(answer, SourceError))
        found: list[Counted] = []
        for service, answer in zip(services, answers, strict=True):
            if isinstance(answer, SourceError):
                found += self._estimated(service, scope, window, answer)
            else:
                found += self._exemplified(list(self._series(service, answer.json(), scope)), service, window)
        return found

    def _count_query(self, service: str, scope: Scope) -> str:
        text = f"(trunc {LINE_LIMIT} __line__)"
        for pattern, replacement in MASKS:
            text = f"(regexReplaceAll {_quoted(pattern)} {text} {_quoted(replacement)})"
        masking = f"label_format masked=`{{{{ {text[1:-1]} }}}}`"
        lines = f"{self._of(service)} | {masking} [{_width(scope)}]"
        return f"sum by (masked, {self._options.severity_label}) (count_over_time({lines}))"

    def _range(self, query: str, scope: Scope, window: TimeWindow) -> Ask:
        """Return a query for every bucket of a window: a value at T counts what was written up to T since the last."""
        width, origin = scope.bucket_ns, scope.incident.start_ns
        first = origin + ((window.start_ns - origin) // width + 1) * width
        last = origin - (origin - window.end_ns) // width * width
        params: dict[str, str | int] = {"query": query, "start": first, "end": last, "step": _width(scope)}
        return Ask("/loki/api/v1/query_range", params=params)

    def _series(self, service: str, document: Any, scope: Scope) -> Iterator[Counted]:
        for series in document["data"]["result"]:
            labels = series["metric"]
            for seconds, count in series["values"]:
                yield Counted(
                    service=service,
                    severity=labels.get(self._options.severity_label, ""),
                    masked=labels.get("masked", ""),
                    at_ns=round(float(seconds) * NS) - scope.bucket_ns,
                    n=float(count),
                )

    def _exemplified(self, counted: list[Counted], service: str, window: TimeWindow) -> Iterator[Counted]:
        """Yield counts with an example of each line, where one is among a few that are fetched."""
        known: dict[str, LogRow] = {}
        for row in self.find(window, service, "", EXAMPLES) if counted else ():
            known.setdefault(masked(row.body), row)
        for item in counted:
            shown = known.get(item.masked)
            yield replace(item, example=shown.body, trace_id=shown.trace_id) if shown else item

    def _estimated(self, service: str, scope: Scope, window: TimeWindow, why: SourceError) -> Iterator[Counted]:
        """Yield counts of a service from its total per bucket and a sample of lines."""
        query = f"sum(count_over_time({self._of(service)} [{_width(scope)}]))"
        totals = list(self._series(service, self._reader.ask(self._range(query, scope, window)).json(), scope))
        each = max(SAMPLED // max(len(totals), 1), 1)
        self.note(
            f"lines of {self.renamed(service)} are estimated from samples of {each} every {scope.bucket_ns / NS:g} s "
            f"({why.problem}); rare lines may be missed"
        )
        for total in totals:
            bucket = TimeWindow(start_ns=total.at_ns, end_ns=total.at_ns + scope.bucket_ns)
            yield from estimated(total.n, total.at_ns, self.find(bucket, service, "", each))

    def find(self, window: TimeWindow, service: str, text: str, limit: int) -> list[LogRow]:
        """Return lines that contain a text."""
        query = self._of(service) + (f" |~ {_quoted('(?i)' + _literal(text))}" if text else "")
        params: dict[str, str | int] = {"query": query, "limit": limit, "direction": "forward", **_times(window)}
        found = self._reader.ask(Ask("/loki/api/v1/query_range", params=params)).json()
        return [row for stream in found["data"]["result"] for row in self._rows(stream)]

    def _rows(self, stream: dict[str, Any]) -> Iterator[LogRow]:
        labels = stream["stream"]
        for at, line, *_ in stream["values"]:
            yield LogRow(
                time_ns=int(at),
                service=self.renamed(labels.get(self._options.service_label, "")),
                pod=next((labels[name] for name in _PODS if labels.get(name)), ""),
                severity=labels.get(self._options.severity_label, "") or labels.get("severity_text", ""),
                body=line,
                trace_id=labels.get("trace_id", ""),
                span_id=labels.get("span_id", ""),
            )

    def _of(self, service: str) -> str:
        label = self._options.service_label
        return f"{{{label}={_quoted(service)}}}" if service else f'{{{label}=~".+"}}'


def _times(window: TimeWindow) -> dict[str, int]:
    """Return a window for Loki: Unix nanoseconds, the end excluded."""
    return {"start": window.start_ns, "end": window.end_ns}


def _width(scope: Scope) -> str:
    return f"{max(round(scope.bucket_ns / NS), 1)}s"


def _quoted(text: str) -> str:
    return orjson.dumps(text).decode()


def _literal(text: str) -> str:
    """Return a regular expression that matches a text as it is."""
    return "".join(letter if letter.isalnum() or letter in " _" else f"\\x{{{ord(letter):x}}}" for letter in text)
