"""Jaeger's query API (also served by VictoriaTraces and others): times are microseconds, a service is required."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from tools.errors import SourceError
from tools.live.http import Ask, segment
from tools.live.traces.sampled import SampledTraces, StoredRow
from tools.otlp.decode.conventions import KINDS, STATUSES, Resource
from tools.otlp.decode.rows import Span, span_row
from tools.otlp.decode.tally import BadRecordError
from tools.otlp.decode.values import text_of
from tools.window import TimeWindow

LOOKED_AT = 3
"""Traces of every service and window in which to find out where requests enter."""
MOST_A_SEARCH = 1000
"""Traces of one search; VictoriaTraces refuses to be asked for more."""
MOST_ENTRIES = 8
"""Services at which requests enter that are sampled; each costs a request a stretch."""


class JaegerTraces(SampledTraces):
    """Spans behind Jaeger's `/api`. It has no aggregates, so traces are sampled from where requests enter."""

    def find_services(self) -> set[str]:
        """Return the services that Jaeger knows, whenever they were seen; those of the settings where it lists none.

        VictoriaTraces lists those of the last three days, however far back its spans go.
        """
        found = _data(self._reader.ask(Ask("/api/services")).json(), self.name) or self._opening.settings.services
        return {self.renamed(name) for name in found if isinstance(name, str)}

    def hint(self) -> str:
        """Return why services may be missing though their spans are there."""
        return "does anything send to it? some list services of the last days only: name yours under services"

    def fetch(self, stretches: Sequence[TimeWindow], per_stretch: int) -> Iterable[StoredRow]:
        """Return the spans of some traces that enter in each stretch."""
        entries = self.once.get("entries", self._entries)
        each = min(max(1, per_stretch // max(len(entries), 1)), MOST_A_SEARCH)
        return self._search([_search(entry, part, each) for entry in entries for part in stretches], "trace")

    def fetch_trace(self, trace_id: str) -> Iterable[StoredRow]:
        """Return the spans of one trace; Jaeger itself answers 404 when it is unknown, others an empty list."""
        try:
            answer = self._reader.ask(Ask(f"/api/traces/{segment(trace_id)}"))
        except SourceError as error:
            if " answers 404" in error.problem:
                return []
            raise
        return list(self._rows(answer.json()))

    def _entries(self) -> list[str]:
        """Return the services, as Jaeger calls them, at which requests enter: those of root spans."""
        services = [self.original(name) for name in self.services()]
        horizon = self._opening.horizon
        rows = self._search([_search(service, horizon, LOOKED_AT) for service in services], "topology")
        spans = {(row[0], row[1]): row for row in rows}
        found: dict[str, int] = {}
        for row in spans.values():
            if row[2] is None or (row[0], row[2]) not in spans:
                found[str(row[3])] = found.get(str(row[3]), 0) + 1
        most = sorted(found, key=lambda name: (-found[name], name))
        if len(most) > MOST_ENTRIES:
            self.note(f"requests enter at {len(most)} services; traces of the {MOST_ENTRIES} most frequent are read")
        return [self.original(name) for name in most[:MOST_ENTRIES]]

    def _search(self, asks: list[Ask], evidence: str) -> list[StoredRow]:
        answers = self.ask_all(asks, evidence) if asks else []
        return [row for answer in answers if answer is not None for row in self._rows(answer.json())]

    def _rows(self, document: Any) -> Iterator[StoredRow]:
        for trace in _data(document, self.name):
            yield from self._trace_rows(trace)

    def _trace_rows(self, trace: dict[str, Any]) -> Iterator[StoredRow]:
        resources = {
            key: Resource.of({**_tags(process), "service.name": self.renamed(str(process.get("serviceName", "")))})
            for key, process in (trace.get("processes") or {}).items()
        }
        unknown = Resource.of({})
        for span in trace.get("spans") or ():
            try:
                row = span_row(resources.get(span.get("processID", ""), unknown), _span(span))
            except (BadRecordError, KeyError, TypeError, ValueError):
                self.note(f"{self.name} returned spans without valid ids or times; they are left out")
                continue
            if row is not None:
                yield row


def _search(service: str, window: TimeWindow, limit: int) -> Ask:
    """Return the search for traces that begin in a window: whole microseconds, both ends inside."""
    start, end = -(-window.start_ns // 1000), (window.end_ns - 1) // 1000
    return Ask("/api/traces", params={"service": service, "start": start, "end": end, "limit": limit})


def _data(document: Any, source: str) -> list[Any]:
    """Return what an answer holds.

    Raises:
        SourceError: it has another form, or names an error.
    """
    known = isinstance(document, dict) and ("data" in document or "errors" in document)
    if not known or not isinstance(found := document.get("data") or [], list):
        raise SourceError(f"the answer of {source} is not that of a Jaeger query API", "is its url right?")
    if not found and (errors := document.get("errors")):
        raise SourceError(f"{source} refuses", str(errors)[:160])
    return found


def _span(span: dict[str, Any]) -> Span:
    tags = _tags(span)
    kind = tags.pop("span.kind", "").lower()
    failed = tags.pop("error", "").lower() == "true" or tags.get("otel.status_code", "").upper() == "ERROR"
    start = int(span["startTime"]) * 1000
    return Span(
        trace_id=str(span["traceID"]).zfill(32),
        span_id=str(span["spanID"]).zfill(16),
        parent_span_id=_parent(span),
        name=str(span.get("operationName", "")),
        kind=KINDS.index(kind) if kind in KINDS else 0,
        start_ns=start,
        end_ns=start + int(span["duration"]) * 1000,
        attributes=tags,
        status=STATUSES.index("ERROR") if failed else 0,
        status_message=tags.pop("otel.status_description", ""),
        events=[{"name": "log", "attributes": _fields(log)} for log in span.get("logs") or ()],
        links=[],
    )


def _parent(span: dict[str, Any]) -> str:
    """Return the id of the caller's span, in the same trace; older spans name it directly.

    OpenTracing's consumers of messages follow from their producer and are nobody's child.
    """
    own = [item for item in span.get("references") or () if item.get("traceID") == span["traceID"]]
    for kind in ("CHILD_OF", "FOLLOWS_FROM"):
        for reference in own:
            if reference.get("refType") == kind:
                return str(reference.get("spanID", "")).zfill(16)
    return str(span.get("parentSpanID") or "")


def _tags(holder: dict[str, Any]) -> dict[str, str]:
    return {str(tag["key"]): text_of(tag.get("value")) for tag in holder.get("tags") or () if "key" in tag}


def _fields(log: dict[str, Any]) -> dict[str, str]:
    return {str(field["key"]): text_of(field.get("value")) for field in log.get("fields") or () if "key" in field}
