"""Print an evaluation."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from evals.rca.argued_pairs import with_and_without
from evals.rca.calibration import reliability_bins
from evals.rca.plot import reliability_plot
from evals.rca.rows import Row
from evals.rca.summary import fault_rows, summarise
from evals.rca.tables import alarms, misses, tables


def print_results(console: Console, rows: Sequence[Row], out: Path) -> None:
    """Print tables, reliability plots, misses and where the rows are."""
    summary = summarise(rows)
    for table in tables(summary):
        console.print(table)
        console.print()
    for method, numbers in summary["methods"].items():
        if numbers["stated"]:
            bins = reliability_bins([row for row in fault_rows(rows) if row.method == method])
            console.print(reliability_plot(bins), markup=False, highlight=False)
    for line in with_and_without(rows):
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    for line in (*misses(rows), *alarms(rows)):
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    for kind in summary["unknown_fault_types"]:
        console.print(f"fault type {kind!r} is in no family and counts for none", markup=False)
    console.print(f"rows: {out / 'rows.jsonl'}", markup=False, highlight=False, soft_wrap=True)
