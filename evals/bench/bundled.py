"""Investigate the bundled incidents as a user does and measure how long that takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from evals.bench.measure import Run, measure_investigation


@dataclass(frozen=True, slots=True)
class BundledCost:
    """One bundled incident, from process start to printed report."""

    name: str
    run: Run


def measure_bundled(recordings: Path, scratch: Path, repeat: int, told: Callable[[str], None]) -> list[BundledCost]:
    """Measure every recording in a folder; none gives an empty list.

    Raises:
        WhydownError: an investigation failed.
    """
    found = sorted(path.parent for path in recordings.glob("*/incident.json"))
    costs = []
    for folder in found:
        told(f"investigating {folder.name}")
        costs.append(BundledCost(folder.name, measure_investigation(folder, scratch, repeat)))
    return costs
