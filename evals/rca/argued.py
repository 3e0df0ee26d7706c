"""What a language model did, counted: in one report, and over all cases of a method."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

from rich.table import Table

from agent.schema import Report
from evals.models.audit import unborne_claims
from evals.rca.rows import Argued, Row

COLUMNS = {
    "cases": "cases",
    "kept": "kept",
    "struck": "struck",
    "unborne": "false",
    "proposed": "causes",
    "counted": "counted",
    "queries": "queries",
    "refused": "refused",
    "calls": "calls",
    "prompt_tokens": "tokens in",
    "prompt_tokens_max": "most",
}
"""Totals over all cases; calls and tokens are means of a case, `most` the highest number of tokens read in one."""


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
        "prompt_tokens_max": max(item.prompt_tokens for item in argued),
        "ended_early": sum(bool(item.ended) for item in argued),
    }


def argued_table(measured: Mapping[str, Mapping[str, Any]]) -> Table:
    """Return a line a method."""
    table = Table(title="the language model", title_justify="left", title_style="bold", box=None, padding=(0, 1, 0, 0))
    table.add_column("", overflow="fold", max_width=14)
    for heading in COLUMNS.values():
        table.add_column(heading, justify="right")
    for name, numbers in measured.items():
        table.add_row(name.partition("+")[2], *(f"{numbers[key]:.10g}" for key in COLUMNS))
    return table
