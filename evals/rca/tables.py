"""An evaluation in the terminal, within 80 columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.table import Table

from evals.rca.argued import argued_tables
from evals.rca.rows import Row
from evals.rca.score import Numbers

ACCURACY = {
    "n": "n",
    "top1": "top-1",
    "top1_ci": "95 %",
    "top3": "top-3",
    "top5": "top-5",
    "mrr": "MRR",
    "avg5": "Avg@5",
    "family": "family",
    "kind": "kind",
    "inconclusive": "unsure",
}
"""Measures in columns; `kind` is the fault kind, finer than the family; unsure is the verdict inconclusive."""
CALIBRATION = {
    "stated": "n",
    "ece": "ECE",
    "ece_width": "(equal width)",
    "ece_constant": "(constant)",
    "brier": "Brier",
    "brier_constant": "(constant)",
    "auroc": "AUROC",
}
COST = {"seconds": "seconds", "cpu_s": "CPU s", "cpu_s_max": "CPU s, worst", "peak_mb": "peak MB, worst"}
HEALTHY = {
    "n": "n",
    "healthy": "healthy",
    "inconclusive": "inconclusive",
    "false_alarm": "false alarms",
    "errors": "errors",
}
MISSES_SHOWN = 15


def tables(summary: Mapping[str, Any]) -> Iterator[Table]:
    """Yield the tables: all cases, each system and family, calibration, healthy windows, cost.

    Groups are shown in full for the first method, and top-1 of all methods beside each other.
    """
    methods, groups = summary["methods"], summary["groups"]
    yield _table("all cases", ACCURACY, {**methods, "chance": summary["chance"]})
    for kind in ("system", "family"):
        first = next(iter(methods), "")
        lines = {group: own[first] for group, own in groups[kind].items() if first in own}
        yield _table(f"{first} by {kind}", ACCURACY, lines)
        if len(methods) > 1:
            shares = {group: {m: n["top1"] for m, n in own.items()} for group, own in groups[kind].items()}
            yield _table(f"top-1 by {kind}", {name: name for name in methods}, shares)
    stated = {name: numbers for name, numbers in methods.items() if numbers["stated"]}
    if stated:
        yield _table("calibration of the first hypothesis", CALIBRATION, stated)
    if summary["healthy"]:
        yield _table("healthy windows", HEALTHY, summary["healthy"])
    if summary["argued"]:
        yield from argued_tables(summary["argued"])
    yield _table("cost of a case", COST, methods)


def misses(rows: Sequence[Row]) -> Iterator[str]:
    """Yield one line for each case that failed or whose cause does not come first, and for what has no truth."""
    wrong = [row for row in rows if row.error or (row.truth and row.rank != 1 and row.verdict)]
    for row in wrong[:MISSES_SHOWN]:
        said = row.error or f"{row.verdict}, {row.first or 'nobody'} first, cause {_place(row)}"
        yield f"{row.id}: {said}"
    if len(wrong) > MISSES_SHOWN:
        yield f"… and {len(wrong) - MISSES_SHOWN} more in rows.jsonl"


def alarms(rows: Sequence[Row]) -> Iterator[str]:
    """Yield one line for each healthy window in which a component is accused."""
    false = [row for row in rows if row.window == "healthy" and row.accuses]
    for row in false[:MISSES_SHOWN]:
        yield f"{row.id}: healthy, yet {row.first} is accused ({row.confidence or 0:.2f})"
    if len(false) > MISSES_SHOWN:
        yield f"… and {len(false) - MISSES_SHOWN} more in rows.jsonl"


def _place(row: Row) -> str:
    return f"{row.truth} at {row.listed}" if row.listed else f"{row.truth} not listed"


def _table(title: str, columns: Mapping[str, str], lines: Mapping[str, Numbers]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("", overflow="fold", max_width=17)
    for heading in columns.values():
        table.add_column(heading, justify="right")
    for label, numbers in lines.items():
        table.add_row(label, *(_cell(name, numbers) for name in columns))
    return table


def _cell(name: str, numbers: Numbers) -> str:
    if name.endswith("_ci"):
        low, high = numbers.get(f"{name[:-3]}_low"), numbers.get(f"{name[:-3]}_high")
        return "" if low is None or high is None else f"{low:.2f}-{high:.2f}"
    value = numbers.get(name)
    if value is None:
        return "–"
    return f"{value:.0f}" if isinstance(value, int) or name == "peak_mb" else f"{value:.3f}"
