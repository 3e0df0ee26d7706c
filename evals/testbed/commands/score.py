"""`whydown testbed score`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def score(
    data: Annotated[Path, typer.Argument(help="folder written by `whydown testbed record --all`")],
    out: Annotated[Path | None, typer.Option(help="where reports and rows go")] = None,
    config: Annotated[Path | None, typer.Option(help="configuration file")] = None,
) -> None:
    """Investigate every recording and print the table fault × (rank, kind, seconds) in Markdown."""
    from evals.rca.progress import reporting
    from evals.testbed.report.score import score_set
    from evals.testbed.report.table import markdown
    from tools.clock import now
    from tools.config import load_settings

    place = out or Path(".whydown/evals") / f"testbed-{now():%Y%m%dT%H%M%S}"
    with reporting() as tell:
        found = score_set(data, place, load_settings(config), tell)
    typer.echo(markdown(found))
