"""The command group `whydown eval`, assembled from one module a subcommand."""

from __future__ import annotations

import typer

from evals.rca.command import rca

app = typer.Typer(help="measure how good the answers are", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Measure how good the answers are."""


app.command("rca")(rca)
