"""Which metrics a backend holds in the compared windows, what they are, and how often they are scraped."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tools.errors import SourceError
from tools.live.metrics import api
from tools.live.metrics.families import Family, Kind, families, maybe_native
from tools.live.metrics.promql import MARK, marked, nearest_interval, quoted, selector
from tools.live.source import HttpSource
from tools.window import NS, Scope

PROBED_SECONDS = 600
"""How far back the scrape interval of a metric is looked for."""
PROBES_A_QUERY = 40
SHORT_LIVED = 50
"""Metrics without a series at the end of a window that are read none the less."""


@dataclass(frozen=True, slots=True)
class Inventory:
    """Asks a backend what it holds.

    Args:
        source: the backend.
        match: matchers that bound what is read.
        ignore: regular expression of metric names that are left out.
        native: whether the backend knows functions of native histograms.
    """

    source: HttpSource
    match: str
    ignore: str
    native: bool

    @property
    def everything(self) -> str:
        """Return a selector of all series that may be read."""
        name = f"__name__!~{quoted(self.ignore)}" if self.ignore else ""
        return "{" + ", ".join(part for part in ('__name__!=""', name, self.match) if part) + "}"

    def families(self, scope: Scope) -> list[Family]:
        """Return what has series in one of the windows.

        Raises:
            SourceError: the backend does not answer.
        """
        query = f"count by (__name__) ({self.everything})"
        moments = [window.end_ns / NS for window in (*scope.baseline, scope.incident)]
        counts: Counter[str] = Counter()
        for answer in self.source.ask_all([api.instant(query, moment) for moment in moments], "metric"):
            for result in api.results_of(answer) if answer else []:
                self.source.count_rows(1)
                counts |= Counter({result["metric"].get("__name__", ""): int(float(result["value"][1]))})
        counts |= self._short_lived(counts, scope)
        types = self._types()
        found = families(counts, types)
        native = self._native(maybe_native(found, types), scope) if self.native else set()
        return [replace(family, kind=Kind.NATIVE) if family.name in native else family for family in found]

    def intervals(self, found: Sequence[Family], scope: Scope) -> dict[str, int]:
        """Return seconds between scrapes per metric, where the end of the incident or baseline shows it."""
        back = int(min(PROBED_SECONDS, *(window.seconds for window in (scope.incident, *scope.baseline))))
        probes = [
            (family.name, f"quantile(0.5, count_over_time({selector(family.probe, self.match)}[{back}s]))")
            for family in found
        ]
        counts = self._probe(probes, (scope.baseline[-1] if scope.baseline else scope.incident).end_ns)
        return {name: nearest_interval(back / count) for name, count in counts.items() if count > 0}

    def _short_lived(self, known: Mapping[str, int], scope: Scope) -> Counter[str]:
        """Return numbers of series of metrics that ended before the windows did, or ran in between.

        Labels are asked for first: a list of names is small, and mostly there is nothing more to ask.
        """
        windows = (scope.incident, *scope.baseline)
        try:
            asks = [api.names(self.everything, w.start_ns / NS, w.end_ns / NS) for w in windows]
            listed = [api.data_of(answer) for answer in self.source.ask_all(asks, "metric") if answer]
            names = sorted({str(name) for names in listed for name in names or ()} - known.keys())
            if not names:
                return Counter()
            if len(names) > SHORT_LIVED:
                more = len(names) - SHORT_LIVED
                self.source.note(f"{more} metrics without a series at the end of a window are left out")
            wanted = "|".join(re.escape(name) for name in names[:SHORT_LIVED])
            matchers = ", ".join(part for part in (f"__name__=~{quoted(wanted)}", self.match) if part)
            first, last = min(w.start_ns for w in windows) / NS, max(w.end_ns for w in windows) / NS
            (answer,) = self.source.ask_all([api.series(f"{{{matchers}}}", first, last)], "metric")
            found = api.list_of(answer) if answer else []
        except SourceError:
            return Counter()
        self.source.count_rows(len(found))
        return Counter(str(labels.get("__name__", "")) for labels in found)

    def _types(self) -> dict[str, str]:
        """Return what the backend knows about types; without it names tell."""
        try:
            (answer,) = self.source.ask_all([api.METADATA], "metric")
        except SourceError:
            return {}
        data = api.data_of(answer) if answer else {}
        return {name: str(entries[0].get("type", "")) for name, entries in data.items() if entries}

    def _native(self, names: Sequence[str], scope: Scope) -> set[str]:
        """Return those metrics whose points are native histograms."""
        probes = [(name, f"count(histogram_count({selector(name, self.match)}))") for name in names]
        try:
            return set(self._probe(probes, scope.incident.end_ns))
        except SourceError:  # an older backend does not know the function
            return set()

    def _probe(self, probes: Sequence[tuple[str, str]], at_ns: int) -> dict[str, float]:
        """Return the number that each query gives at a moment; those without one are left out."""
        asks = [
            api.instant(marked(probes[first : first + PROBES_A_QUERY]), at_ns / NS)
            for first in range(0, len(probes), PROBES_A_QUERY)
        ]
        found: dict[str, float] = {}
        for answer in self.source.ask_all(asks, "metric") if asks else []:
            for result in api.results_of(answer) if answer else []:
                self.source.count_rows(1)
                found[result["metric"][MARK]] = float(result["value"][1])
        return found
