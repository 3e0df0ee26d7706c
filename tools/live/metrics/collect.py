"""From the answers of range queries to series that can be compared."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tools.live.metrics.conventions import Conventions, attributes_text
from tools.live.metrics.promql import MARK
from tools.sources.rows import Key, MetricSeries, Two, key_of
from tools.window import NS

Labels = tuple[tuple[str, str], ...]
Points = tuple[list[int], list[float]]


class Collector:
    """Puts the points of both windows together per series.

    Args:
        conventions: whom a series speaks of.
        rename: what the backend calls a service → its name in reports.
        units: metric → unit.
    """

    def __init__(self, conventions: Conventions, rename: Callable[[str], str], units: Mapping[str, str]) -> None:
        self._conventions = conventions
        self._rename = rename
        self._units = units
        self._points: dict[Labels, tuple[Points, Points]] = defaultdict(lambda: (([], []), ([], [])))

    def add(self, results: Iterable[Mapping[str, Any]], *, incident: bool) -> int:
        """Add the series of one answer and return how many points they have; NaN and infinity are no points."""
        count = 0
        for result in results:
            labels = {str(name): str(value) for name, value in result["metric"].items()}
            times, values = self._points[tuple(sorted(labels.items()))][incident]
            count += len(result["values"])
            for moment, text in result["values"]:
                value = float(text)
                if math.isfinite(value):
                    times.append(round(moment * 1000) * (NS // 1000))
                    values.append(value)
        return count

    def series(self) -> list[MetricSeries]:
        """Return all series by name; two that would read the same keep all their labels to tell them apart."""
        return [series for _, (series, _) in sorted(self._found().items())]

    def labels(self) -> dict[Key, dict[str, str]]:
        """Return the labels that each series has at the backend."""
        return {key: labels for key, (_, labels) in self._found().items()}

    def _found(self) -> dict[Key, tuple[MetricSeries, dict[str, str]]]:
        found: dict[Key, tuple[MetricSeries, dict[str, str]]] = {}
        for labels, (before, after) in sorted(self._points.items()):
            series = self._series(dict(labels), before, after)
            own = {name: value for name, value in labels if name != MARK}
            if key_of(series) in found:
                series = replace(series, attributes=attributes_text(own))
            found[key_of(series)] = (series, own)
        return found

    def _series(self, labels: dict[str, str], before: Points, after: Points) -> MetricSeries:
        metric = labels.pop(MARK, "")
        whom = self._conventions.identify(metric, labels)
        return MetricSeries(
            service=self._rename(whom.service) or "unknown_service",
            pod=whom.pod,
            peer=self._rename(whom.peer),
            metric=metric,
            attributes=whom.attributes,
            unit=self._units.get(metric, ""),
            times=Two(_times(before), _times(after)),
            values=Two(np.array(before[1], np.float64), np.array(after[1], np.float64)),
        )


def _times(points: Points) -> NDArray[np.int64]:
    return np.array(points[0], np.int64)
