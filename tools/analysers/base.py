"""What an analyser is, and what every analyser needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tools.config import SurveySettings
from tools.evidence import Evidence
from tools.sources import Telemetry
from tools.sources.rows import Buckets, Two
from tools.stats import benjamini_hochberg, cusum_onset, robust_scale, two_sided_p
from tools.window import Scope


@dataclass(frozen=True, slots=True)
class Analyser:
    """A named function from telemetry to evidence; `signals` are those it cannot do without."""

    name: str
    signals: tuple[str, ...]
    run: Callable[[Telemetry, Scope, SurveySettings], list[Evidence]]


def strongest(found: list[Evidence], settings: SurveySettings) -> list[Evidence]:
    """Keep findings that survive the false discovery rate, strongest first, at most the configured number.

    Effects are read as standard normal under no change, see `tools.stats`.
    """
    p_values = np.array([two_sided_p(item.effect) for item in found])
    keep = benjamini_hochberg(p_values, settings.false_discovery_rate)
    kept = [item for item, kept in zip(found, keep, strict=True) if kept]
    return sorted(kept, key=lambda item: -abs(item.effect))[: settings.per_analyser]


def bucket_onset(buckets: Two[Buckets], level: float, floor: float, direction: float) -> int | None:
    """Return when a bucket series left its level, Unix nanoseconds; None when it never did."""
    scale = max(robust_scale(buckets.baseline.p50), floor)
    return cusum_onset(buckets.incident.times, buckets.incident.p50, level, scale, direction)


def change_words(baseline: float, incident: float) -> str:
    """Return `rose from` or `fell from`."""
    return "rose from" if incident > baseline else "fell from"


def milliseconds(ns: float) -> str:
    """Return a duration with three significant digits, in ms or s."""
    return f"{ns / 1e9:.3g} s" if abs(ns) >= 1e9 else f"{ns / 1e6:.3g} ms"
