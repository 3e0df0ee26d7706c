"""The stable JSON of an evaluation, and its tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.table import Table

from evals.rca.rows import Row
from evals.rca.score import group_by, measure

COLUMNS = ("n", "top1", "top3", "top5", "mrr", "family", "inconclusive", "cpu_s", "peak_mb")


def summarise(rows: Sequence[Row]) -> dict[str, Any]:
    """Return measures per method, per system and per fault family, and every case."""
    methods = group_by(rows, lambda row: row.method)
    return {
        "methods": {name: measure(own) for name, own in methods.items()},
        "groups": {name: _groups(own) for name, own in methods.items()},
        "cases": [row.model_dump() | {"family": row.fault_family} for row in rows],
    }


def _groups(rows: Sequence[Row]) -> dict[str, Any]:
    keys = {"system": lambda r: r.system, "family": lambda r: r.truth_family or "unknown"}
    return {kind: {name: measure(own) for name, own in group_by(rows, key).items()} for kind, key in keys.items()}


def tables(summary: dict[str, Any]) -> list[Table]:
    """Return one table a method: all cases, each system, each family."""
    found = []
    for method, whole in summary["methods"].items():
        table = Table(title=method, title_justify="left", box=None, pad_edge=False)
        table.add_column("")
        for name in COLUMNS:
            table.add_column(name.replace("inconclusive", "inconcl"), justify="right")
        groups = summary["groups"][method]
        lines = {"all": whole, **groups["system"], **groups["family"]}
        for label, numbers in lines.items():
            table.add_row(label, *(_number(name, numbers[name]) for name in COLUMNS))
        found.append(table)
    return found


def _number(name: str, value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.0f}" if name in {"n", "peak_mb"} else f"{value:.3f}"
