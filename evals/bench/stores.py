"""Generate stores of several sizes and measure what looking at them costs."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from evals.bench.measure import Run, measure_investigation, measure_survey
from evals.bench.store import Shape, write_store
from evals.bench.worker import SurveyCost
from tools.errors import PrerequisiteError

BYTES_PER_SPAN = 60
"""Disk that a span takes with its share of log lines and metric points, rounded up."""


@dataclass(frozen=True, slots=True)
class StoreCost:
    """One store and what looking at it cost; `culprit` is where the fault was planted."""

    spans: int
    in_windows: int
    hours: float
    culprit: str
    survey: Run
    steps: SurveyCost
    investigation: Run

    @property
    def found(self) -> bool:
        """Tell whether the strongest finding is about the culprit."""
        return self.steps.services[:1] == [self.culprit]


def measure_stores(sizes: Sequence[int], scratch: Path, repeat: int, told: Callable[[str], None]) -> list[StoreCost]:
    """Measure each size; a store that lies in the scratch folder already is used again.

    Raises:
        PrerequisiteError: the disk is too small.
        WhydownError: a measured process failed.
    """
    return [_measure(Shape(spans), scratch, repeat, told) for spans in sizes]


def _measure(shape: Shape, scratch: Path, repeat: int, told: Callable[[str], None]) -> StoreCost:
    name = f"{shape.spans / 1e6:g} million spans"
    folder = scratch / f"store-{shape.spans}-{shape.seed}"
    culprit = _prepare(folder, shape, lambda done, total: told(f"writing {name}: part {done} of {total}"))
    told(f"surveying {name}")
    survey, steps = measure_survey(folder, scratch, repeat)
    told(f"investigating {name}")
    investigation = measure_investigation(folder, scratch, repeat)
    in_windows = _count(folder, shape)
    return StoreCost(shape.spans, in_windows, shape.seconds / 3600, culprit, survey, steps, investigation)


def _count(folder: Path, shape: Shape) -> int:
    """Return the number of spans in both windows, which is what the cost should depend on."""
    rows = duckdb.execute(
        f"SELECT count(*) FROM '{folder}/traces/*.parquet' "
        f"WHERE start_unix_nano >= {shape.baseline.start_ns} AND start_unix_nano < {shape.incident.end_ns}"
    ).fetchall()
    return int(rows[0][0])


def _prepare(folder: Path, shape: Shape, told: Callable[[int, int], None]) -> str:
    """Write the store unless it is there; the file `culprit` is written last, so it marks a whole store."""
    mark = folder / "culprit"
    if mark.exists():
        return mark.read_text(encoding="utf-8")
    needed = shape.spans * BYTES_PER_SPAN
    free = shutil.disk_usage(folder.parent).free
    if free < 2 * needed:
        raise PrerequisiteError(
            f"{shape.spans:,} spans take about {needed / 1e9:.1f} GB, {folder.parent} has {free / 1e9:.1f} GB",
            "give a folder on a larger disk with --into",
        )
    shutil.rmtree(folder, ignore_errors=True)
    culprit = write_store(folder, shape, told)
    mark.write_text(culprit, encoding="utf-8")
    return culprit
