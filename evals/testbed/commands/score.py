"""`whydown testbed score`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def score(
    data: Annotated[list[Path], typer.Argument(help="folders written by `whydown testbed record --all`")],
    misses: Annotated[bool, typer.Option("--misses", help="list what the report knew of each cause it missed")] = False,
    out: Annotated[Path | None, typer.Option(help="where reports and rows go")] = None,
    config: Annotated[Path | None, typer.Option(help="configuration file")] = None,
) -> None:
    """Investigate every recording and print the table fault × (rank, kind, seconds) in Markdown."""
    from evals.rca.progress import reporting
    from evals.testbed.report.misses import describe_misses
    from evals.testbed.report.score import judge_sets, missing_of
    from evals.testbed.report.table import markdown, tabulate
    from tools.clock import now
    from tools.config import load_settings

    place = out or Path(".whydown/evals") / f"testbed-{now():%Y%m%dT%H%M%S}"
    with reporting() as tell:
        judged = judge_sets(data, place, load_settings(config), tell)
    typer.echo(markdown(tabulate(judged, missing_of(data))))
    if misses:
        typer.echo("\n" + "\n".join(describe_misses(judged, place)))
