"""What a language model did, counted: in one report, and over all cases of a method."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

from rich.table import Table

from agent.schema import Report
from evals.models.audit import unborne_claims
from evals.rca.rows import Argued, Row

SAID = {
    "cases": "cases",
    "kept": "kept",
    "struck": "struck",
    "unborne": "false",
    "proposed": "causes",
    "counted": "counted",
    "queries": "queries",
    "refused": "refused",
    "ended_early": "cut short",
}
"""Totals over all cases. `cut short` counts the conversations that ended before the model had answered all it wanted;
the report of the case says why."""
COST = {
    "calls": "calls",
    "prompt_tokens": "tokens in",
    "prompt_tokens_max": "most",
    "completion_tokens": "tokens out",
    "seconds": "s",
}
"""Means of a case; `most` is the most tokens read in one, `s` the whole investigation."""


def argued_in(report: Report) -> Argued | None:
    """Count what the model did in a report; None without one."""
    argument = report.argument
    if argument is None:
        return None
    return Argued(
        kept=len(argument.kept),
        struck=len(argument.struck),
        unborne=len(unborne_claims(report)),
        proposed=len(argument.suggested),
        counted=sum(item.outcome != "struck" for item in argument.suggested),
        queries=len(argument.asked),
        refused=sum(item.outcome != "answered" for item in argument.asked),
        calls=report.usage.calls,
        prompt_tokens=report.usage.prompt_tokens,
        completion_tokens=report.usage.completion_tokens,
        ended=argument.ended,
    )


def measure_argued(rows: Sequence[Row]) -> dict[str, Any] | None:
    """Return totals and means over all cases and healthy windows of a method; None when no model was used."""
    argued = [row.argued for row in rows if row.argued is not None]
    if not argued:
        return None
    totals = ("kept", "struck", "unborne", "proposed", "counted", "queries", "refused")
    return {
        "cases": len(argued),
        **{name: sum(getattr(item, name) for item in argued) for name in totals},
        **{n: round(fmean(getattr(a, n) for a in argued), 1) for n in ("calls", "prompt_tokens", "completion_tokens")},
        "seconds": round(fmean(row.seconds or 0.0 for row in rows if row.argued is not None), 1),
        "prompt_tokens_max": max(item.prompt_tokens for item in argued),
        "ended_early": sum(bool(item.ended) for item in argued),
    }


def argued_tables(measured: Mapping[str, Mapping[str, Any]]) -> list[Table]:
    """Return what models said and what that cost, a line a method."""
    return [
        _table("what the language model said, over all cases", SAID, measured),
        _table("what it cost a case, on average", COST, measured),
    ]


def _table(title: str, columns: Mapping[str, str], measured: Mapping[str, Mapping[str, Any]]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=None, padding=(0, 1, 0, 0))
    table.add_column("", overflow="fold", max_width=14)
    for heading in columns.values():
        table.add_column(heading, justify="right")
    for name, numbers in measured.items():
        table.add_row(name.partition("+")[2], *(f"{numbers[key]:.10g}" for key in columns))
    return table
