"""Tables for people."""

from __future__ import annotations

from collections.abc import Mapping

from rich.table import Table

_COLUMNS = {
    "n": "logs",
    "precision": "prec.",
    "recall": "recall",
    "f1": "F1",
    "full_recall": "full",
    "mean_lines": "lines",
    "s_per_log": "s/log",
}


def table(first: str, rows: Mapping[str, Mapping[str, float | int]]) -> Table:
    """Return means as a table that fits in 80 columns; `full` is the share of logs with all marked lines."""
    found = Table(box=None, pad_edge=False)
    found.add_column(first)
    for title in _COLUMNS.values():
        found.add_column(title, justify="right")
    for name, values in rows.items():
        found.add_row(name, *(_number(key, values[key]) for key in _COLUMNS))
    return found


def _number(key: str, value: float | int) -> str:
    if key == "n":
        return str(value)
    return f"{value:.1f}" if key == "mean_lines" else f"{value:.3f}"
