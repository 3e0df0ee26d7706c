"""From the names of series to what can be compared: gauges, counters and means of histograms."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a family's values are, and hence how they are made comparable."""

    GAUGE = "gauge"
    """Taken as they are, averaged over a step."""
    COUNTER = "counter"
    """Turned into a rate per second."""
    MEAN = "mean"
    """A histogram or summary: sum of new observations over their number."""
    NATIVE = "native histogram"
    """The same, of a histogram whose buckets are inside each point."""


@dataclass(frozen=True, slots=True)
class Family:
    """One metric: its name in reports, its kind, and how many series it has at most in one moment."""

    name: str
    kind: Kind
    series: int

    @property
    def unit(self) -> str:
        """Return the unit that the name ends in, as OpenTelemetry writes it; of a counter it is per second."""
        base = self.name.removesuffix("_total")
        unit = next((unit for suffix, unit in _UNITS.items() if base.endswith(suffix)), "")
        return f"{unit}/s" if unit and self.kind is Kind.COUNTER else unit

    @property
    def parts(self) -> tuple[str, ...]:
        """Return the names of all series that the family may consist of."""
        return tuple(f"{self.name}{suffix}" for suffix in ("", *PARTS))

    @property
    def probe(self) -> str:
        """Return the name of a series that tells how often the family is scraped."""
        return f"{self.name}_count" if self.kind is Kind.MEAN else self.name


PARTS = ("_bucket", "_count", "_sum")
"""What the names of a histogram's or summary's series end in."""
_UNITS = {"_seconds": "s", "_milliseconds": "ms", "_bytes": "By", "_ratio": "1", "_percent": "%", "_celsius": "Cel"}
_LEFT_OUT = re.compile(r"(ALERTS(_FOR_STATE)?|scrape_\w+|.*_(info|created))")
"""States, not levels: alerts, the scraper's own accounts, constants and start times."""
_COUNTED = {"counter", "histogram", "summary", "gaugehistogram"}


def families(counts: Mapping[str, int], types: Mapping[str, str]) -> list[Family]:
    """Return the families that a set of series names makes.

    Args:
        counts: name → number of series.
        types: name → type as the backend's metadata say; empty where it keeps none, then the name tells.
    """
    means = {name.removesuffix("_count") for name in counts if _is_mean(name, counts, types)}
    found = [Family(name, Kind.MEAN, counts[f"{name}_count"]) for name in means]
    parts = {f"{name}{suffix}" for name in means for suffix in PARTS}
    for name in counts:
        if name not in parts and not name.endswith("_bucket") and not _LEFT_OUT.fullmatch(name):
            found.append(Family(name, _kind(name, types), counts[name]))
    return sorted(found, key=lambda family: family.name)


def maybe_native(found: Iterable[Family], types: Mapping[str, str]) -> list[str]:
    """Return the names that may be native histograms: such a one looks like a gauge that nobody called one."""
    return [f.name for f in found if f.kind is Kind.GAUGE and types.get(f.name, "unknown") in {"histogram", "unknown"}]


def _is_mean(name: str, counts: Iterable[str], types: Mapping[str, str]) -> bool:
    """Tell whether a series counts the observations of a histogram or summary."""
    base = name.removesuffix("_count")
    if base == name or f"{base}_sum" not in counts:
        return False
    return types.get(base, "histogram") in _COUNTED and types.get(name, "") != "gauge"


def _kind(name: str, types: Mapping[str, str]) -> Kind:
    told = types.get(name) or types.get(name.removesuffix("_total"), "")
    if told == "counter" or (told in {"", "unknown"} and name.endswith("_total")):
        return Kind.COUNTER
    return Kind.GAUGE
