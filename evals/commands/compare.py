"""`whydown eval compare`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def compare(
    a: Annotated[Path, typer.Argument(help="rows.jsonl of a run, or the folder it is in")],
    b: Annotated[Path, typer.Argument(help="those of another run over the same cases")],
    method: Annotated[str, typer.Option(help="only this method")] = "",
    against: Annotated[str, typer.Option(help="compare it with this method of B")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="print the comparison as JSON")] = False,
) -> None:
    """Show case by case what changed from run A to run B, and whether it is more than chance."""
    import json

    from agent.render import open_console
    from evals.rca.compare import compare_runs, comparison_lines, comparison_table
    from evals.rca.rows import read_rows

    found = compare_runs(read_rows(a), read_rows(b), method, against)
    if as_json:
        typer.echo(json.dumps({comparison.method: comparison.as_json() for comparison in found}, indent=1))
        return
    console = open_console()
    for comparison in found:
        console.print(comparison_table(comparison))
        for line in comparison_lines(comparison):
            console.print(line, markup=False, highlight=False)
