"""The stable JSON of an evaluation.

`methods`, and under `groups` every system and fault family, hold the measures of each method on fault
cases; `healthy` those on healthy windows; `chance` what a random order gets; `cases` every row.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from evals.rca.argued import measure_argued
from evals.rca.calibration import measure_calibration
from evals.rca.rows import Row
from evals.rca.score import Numbers, chance, group_by, measure, measure_healthy

UNKNOWN = "unknown"
"""The family of a fault type that has no counterpart among fault families."""


def summarise(rows: Sequence[Row]) -> dict[str, Any]:
    """Return everything that is reported, ready for JSON: no NaN, None where nothing is known."""
    faults, quiet = fault_rows(rows), [row for row in rows if row.window == "healthy"]
    return {
        "methods": measure_methods(faults),
        "groups": {
            "system": {name: measure_methods(own) for name, own in by_system(faults).items()},
            "family": {name: measure_methods(own) for name, own in by_family(faults).items()},
        },
        "healthy": {name: measure_healthy(own) for name, own in group_by(quiet, lambda r: r.method).items()},
        "chance": chance(list({(row.set, row.id): row for row in faults}.values())),
        "argued": {
            name: numbers
            for name, own in group_by(rows, lambda r: r.method).items()
            if (numbers := measure_argued(own)) is not None
        },
        "unscored": sorted({row.id for row in rows if row.window == "fault" and not row.truth}),
        "unknown_fault_types": sorted({row.truth_kind for row in faults if row.truth_kind and not row.truth_family}),
        "cases": [row.model_dump(mode="json") for row in rows],
    }


def fault_rows(rows: Sequence[Row]) -> list[Row]:
    """Return the rows that are scored: fault cases with a known answer."""
    return [row for row in rows if row.window == "fault" and row.truth]


def measure_methods(rows: Sequence[Row]) -> dict[str, Numbers]:
    """Return all measures per method."""
    methods = group_by(rows, lambda row: row.method)
    return {name: measure(own) | measure_calibration(own) for name, own in methods.items()}


def by_system(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """Return rows per system, sorted by name."""
    return dict(sorted(group_by(rows, lambda row: row.system or UNKNOWN).items()))


def by_family(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """Return rows per fault family, sorted by name."""
    return dict(sorted(group_by(rows, lambda row: row.truth_family or UNKNOWN).items()))
