"""`whydown eval ablation`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def ablation(
    path: Annotated[Path, typer.Argument(help="data folder, as for `whydown eval rca`")],
    sets: Annotated[list[str] | None, typer.Option("--set", help="only this set (repeatable)")] = None,
    only: Annotated[list[str] | None, typer.Option(help="only this case (repeatable)")] = None,
    out: Annotated[Path | None, typer.Option(help="where reports and rows go")] = None,
    workers: Annotated[int, typer.Option(min=1, help="processes at a time")] = 2,
    config: Annotated[Path | None, typer.Option(help="configuration file")] = None,
) -> None:
    """Switch each analyser off in turn and print what that costs, as a Markdown table."""
    from evals.rca.ablation import ablate, markdown
    from evals.rca.evaluate import Plan
    from evals.rca.progress import reporting
    from tools.clock import now
    from tools.config import load_settings

    plan = Plan(
        root=path,
        out=out or Path(".whydown/evals") / f"ablation-{now():%Y%m%dT%H%M%S}",
        settings=load_settings(config),
        sets=sets or (),
        only=only or (),
        workers=workers,
    )
    with reporting() as progress:
        lines = list(ablate(plan, progress))
    typer.echo(markdown(lines))
