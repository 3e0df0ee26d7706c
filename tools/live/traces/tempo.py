"""Grafana Tempo: traces are found by TraceQL and fetched by id; what enters is counted by TraceQL metrics."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from tools.errors import SourceError
from tools.live.http import Answer, Ask, segment
from tools.live.traces.sampled import SampledTraces, StoredRow
from tools.live.traces.tempo_metrics import QUERIES, entry_asks, read_entries
from tools.otlp.decode import Tally, rows_of_document
from tools.sources.rows import EntryStats
from tools.window import NS, Scope, TimeWindow

ANY = "{}"
"""TraceQL for every trace."""


class TempoTraces(SampledTraces):
    """Spans in Tempo. Traffic, latency and errors of entries are counted there; the rest is sampled."""

    def find_services(self) -> set[str]:
        """Return the services with spans in the horizon."""
        path = "/api/v2/search/tag/resource.service.name/values"
        document = self._reader.ask(Ask(path, params=_seconds(self._opening.horizon))).json()
        values = _field(document, "tagValues", self.name)
        return {self.renamed(str(value.get("value", ""))) for value in values if value.get("value")}

    def entries(self, scope: Scope) -> list[EntryStats]:
        """Return traffic, latency and errors per entry operation, of all traffic where Tempo can count it."""
        return self.once.get(("entries", scope), lambda: self._counted(scope)) or super().entries(scope)

    def sql(self, method: str, scope: Scope) -> str:
        """Return the TraceQL behind the table of entries.

        Raises:
            InputError: the table is computed from sampled traces.
        """
        return "\n".join(QUERIES.values()) if method == "entries" else super().sql(method, scope)

    def fetch(self, stretches: Sequence[TimeWindow], per_stretch: int) -> Iterable[StoredRow]:
        """Return the spans of some traces that begin in each stretch."""
        asks = [
            Ask("/api/search", params={"q": ANY, "limit": per_stretch, "spss": 1, **_seconds(part)})
            for part in stretches
        ]
        ids: dict[str, None] = {}
        for part, answer in zip(stretches, self.ask_all(asks, "trace") if asks else [], strict=True):
            if answer is not None:
                found = _field(answer.json(), "traces", self.name)
                ids.update({_id(trace): None for trace in found if part.contains(int(trace["startTimeUnixNano"]))})
        return [row for answer in self._by_id(list(ids)) for row in self._rows(answer)]

    def fetch_trace(self, trace_id: str) -> Iterable[StoredRow]:
        """Return the spans of one trace."""
        try:
            return [row for answer in self._by_id([trace_id]) for row in self._rows(answer)]
        except SourceError as error:
            if " answers 404" in error.problem:
                return []
            raise

    def _counted(self, scope: Scope) -> list[EntryStats]:
        """Return the entries that TraceQL metrics tell of, none where Tempo does not offer them."""
        asks = entry_asks(scope)
        try:
            answers = self.ask_all([ask.ask for ask in asks], "traffic")
        except SourceError as error:
            self.note(f"{self.name} offers no TraceQL metrics ({error.problem}); entries are those of sampled traces")
            return []
        with self.understood():
            documents = [(ask, answer.json()) for ask, answer in zip(asks, answers, strict=True) if answer is not None]
            found = read_entries(documents, scope, self.renamed)
        self._reader.count_rows(len(found))
        requests = [sum(getattr(entry.duration, side).n for entry in found) for side in ("baseline", "incident")]
        if found and scope.baseline and not all(requests):
            self.note(f"{self.name} counted the requests of one window only; entries are those of sampled traces")
            return []
        return found

    def _by_id(self, trace_ids: list[str]) -> list[Answer]:
        """Return traces by id; before version 2.7 Tempo has only the first form of the path."""
        if not trace_ids:
            return []
        paths = [segment(trace_id) for trace_id in trace_ids]
        try:
            answers = self.ask_all([Ask(f"/api/v2/traces/{path}") for path in paths], "trace")
        except SourceError as error:
            if " answers 404" not in error.problem:
                raise
            answers = self.ask_all([Ask(f"/api/traces/{path}") for path in paths], "trace")
        return [answer for answer in answers if answer is not None]

    def _rows(self, answer: Answer) -> Iterator[StoredRow]:
        document = answer.json()
        trace = document.get("trace") or document
        if document.get("status") == "PARTIAL":
            self.note(f"{self.name} returned incomplete traces: {str(document.get('message', ''))[:120]}")
        batches = trace.get("resourceSpans") or trace.get("batches") or []
        for row in rows_of_document("traces", {"resourceSpans": batches}, Tally()):
            yield (*row[:3], self.renamed(row[3]), *row[4:])


def _seconds(window: TimeWindow) -> dict[str, int]:
    """Return a window in whole seconds, the unit of Tempo's API, not narrower than it is."""
    return {"start": window.start_ns // NS, "end": -(-window.end_ns // NS)}


def _id(trace: dict[str, Any]) -> str:
    """Return a trace's id as stored: a search drops leading zeros."""
    return str(trace["traceID"]).zfill(32)


def _field(document: Any, name: str, source: str) -> list[dict[str, Any]]:
    if not isinstance(document, dict):
        raise SourceError(f"the answer of {source} is not Tempo's", "is its url right?")
    found: list[dict[str, Any]] = document.get(name) or []
    return found
